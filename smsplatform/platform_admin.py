"""The platform admins' site: Django's own admin, behind the product's login."""

from django.contrib.admin.apps import AdminConfig


class PlatformAdminConfig(AdminConfig):
    default_site = "smsplatform.platform_site.PlatformSite"
