"""The sentinel: on another machine, it calls people when the collector is silent, gone or blind."""
