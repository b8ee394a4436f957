"""Publishing: "you said, we did" in English and Welsh, told to everybody and to each person who raised it."""
