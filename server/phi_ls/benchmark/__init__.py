"""What `phi-ls bench` measures: engines, devices and precisions of this machine, each through a worker process."""
