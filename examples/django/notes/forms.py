"""What the pages ask for."""

from django import forms

from .models import Note


class MessageForm(forms.Form):
    message = forms.CharField(max_length=200, label="", widget=forms.Textarea({"rows": 3, "aria-label": "Message"}))


class LoginForm(forms.Form):
    name = forms.CharField(max_length=100, label="", widget=forms.TextInput({"placeholder": "Name"}))


class NoteForm(forms.ModelForm):
    class Meta:
        model = Note
        fields = ["text"]
        labels = {"text": ""}
