"""What an exam's folder holds about its students: taken out, put under pseudonyms, or removed."""
