"""Did the quake move it? Every tilt and settlement point before and after each shaking."""
