"""What the commands about the recovery key share: where it goes, how it is made, who guards it, and on which paper."""
