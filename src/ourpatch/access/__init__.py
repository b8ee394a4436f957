"""The access floor. Access: named teams and the concerns that people raise."""
