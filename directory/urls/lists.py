from django.urls import path

from directory.views import contacts

urlpatterns = [
    path("lists/<int:list_id>/", contacts.list_show, name="list_show"),
]
