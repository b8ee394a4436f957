"""Who may do what to which record: one set, `Model.objects.visible_to(actor, permission)`, and nothing beside it."""
