"""Serial in, MQTT out, nothing lost: the program that runs on the Raspberry Pi."""
