"""`/.well-known/quizapp-receipts.json`: what receipts are verified with, by anybody."""

from flask import Blueprint

bp = Blueprint("api_public_keys", __name__)
