"""What people marked in texts as the reason for an answer: files of rationales, in three shapes."""
