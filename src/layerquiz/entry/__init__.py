"""What is entered by hand from papers: a record of every answer that was typed, and who has which spare paper."""
