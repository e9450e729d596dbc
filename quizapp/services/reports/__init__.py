"""What instructors see of cohorts, trainees and quizzes, on pages and as tables."""
