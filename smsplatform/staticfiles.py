from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # whitenoise is untyped
    """Hashed and compressed static files; imports between our ES modules get the hashed names."""

    support_js_module_import_aggregation = True
    # Only our modules: Django's pattern also matches the word "import" in comments of third-party files.
    _js_module_import_aggregation_patterns = (
        "app/*.js",
        CompressedManifestStaticFilesStorage._js_module_import_aggregation_patterns[1],
    )
