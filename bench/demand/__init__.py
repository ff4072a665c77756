"""What the made-up force promises, one file a process: figures beside their targets."""
