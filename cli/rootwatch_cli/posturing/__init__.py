"""What ``rootwatch posture`` is made of: rows from what is known of each account, controls of frameworks, and forms."""
