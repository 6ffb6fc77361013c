"""What happens to a question between the citizen and the staff."""
