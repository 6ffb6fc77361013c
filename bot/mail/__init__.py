"""The queue behind info@kl.digital: mail out, replies in."""
