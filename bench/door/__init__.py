"""What the door promises, attacked and measured."""
