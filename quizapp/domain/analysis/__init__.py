"""What answers say: of items, of quizzes, and of the trainees who need attention."""
