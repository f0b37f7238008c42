from django.apps import AppConfig


class DirectoryConfig(AppConfig):
    name = "directory"

    def ready(self) -> None:
        from contacts.operations import import_targets
        from directory.operations.import_targets import DirectoryImports

        import_targets.register_directory(DirectoryImports())
