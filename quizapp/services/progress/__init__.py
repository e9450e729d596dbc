"""What an attempt teaches about its trainee: folded forward, shown as mastery and a next step."""
