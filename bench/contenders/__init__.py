"""What is measured, a script each, run as a whole process: from the start of Python to its end."""
