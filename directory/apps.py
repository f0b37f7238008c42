from django.apps import AppConfig


class DirectoryConfig(AppConfig):
    name = "directory"

    def ready(self) -> None:
        """Tell the lists' application what only the directory can do."""
        from contacts.models import ContactList
        from contacts.operations import erased_exclusions, import_targets, member_guards
        from directory import exports
        from directory.operations import living, locks, traces
        from directory.operations.import_targets import DirectoryImports
        from directory.queries import contacts

        import_targets.register_directory(DirectoryImports())
        exports.register()
        traces.register()
        erased_exclusions.register(contacts.held)
        member_guards.register(ContactList.Kind.DIRECTORY, locks.add)
        living.watch_journal()
