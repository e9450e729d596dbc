"""Quizzes: made from banks, given to cohorts, looked at before anybody takes them."""
