"""History: the log files that are asked for, and what in them concerns us. ``scan`` and ``replay`` begin here."""
