"""What people raise, by whatever door: one record a person, with its clock and the debt of an answer; problems group them."""
