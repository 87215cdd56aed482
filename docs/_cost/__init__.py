"""What rootwatch costs in AWS: prices and assumptions as data, the bill as arithmetic."""
