from django.urls import path

from directory.views import attributes

urlpatterns = [
    path("attributes/", attributes.attribute_index, name="attribute_index"),
    path("attributes/new/", attributes.attribute_create, name="attribute_create"),
    path("attributes/proposed/", attributes.attribute_restore, name="attribute_restore"),
    path("attributes/<int:attribute_id>/", attributes.attribute_edit, name="attribute_edit"),
    path("attributes/<int:attribute_id>/delete/", attributes.attribute_delete, name="attribute_delete"),
    path("attributes/<int:attribute_id>/move/", attributes.attribute_move, name="attribute_move"),
]
