"""What people take along: the headline's table for a paper, and the figures as PDF."""
