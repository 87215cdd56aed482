"""What Slack's ``ok: false`` means to a send, error by error.

Source: the errors of https://docs.slack.dev/reference/methods/chat.postMessage and https://docs.slack.dev/apis/web-api
"""

from typing import Final, Literal

# passes: later it works by itself · key: the token may have been rotated · thread: another place in the channel takes
# it · mend: a person must do something, and may within the day · never: this message is refused, now and later
Meaning = Literal["passes", "key", "thread", "mend", "never"]

_ERRORS: Final[dict[Meaning, str]] = {
    "passes": """
        accesslimited fatal_error internal_error message_limit_exceeded rate_limited ratelimited request_timeout
        service_unavailable team_added_to_org external_channel_migrating
    """,
    "key": "account_inactive invalid_auth not_authed token_expired token_revoked",
    "thread": """
        cannot_reply_to_message restricted_action_thread_locked thread_not_found message_not_found
        restricted_action_non_threadable_channel invalid_thread_ts
    """,
    "mend": """
        access_denied as_user_not_supported channel_not_found channel_type_not_supported deprecated_endpoint
        ekm_access_denied enterprise_is_restricted is_archived is_inactive messages_tab_disabled method_deprecated
        missing_scope no_permission not_allowed_token_type not_in_channel org_login_required restricted_action
        restricted_action_read_only_channel restricted_action_thread_only_channel team_access_not_granted team_not_found
        two_factor_setup_required user_not_found missing_argument
    """,
    "never": """
        attachment_payload_limit_exceeded duplicate_channel_not_found duplicate_message_not_found invalid_arg_name
        invalid_arguments invalid_array_arg invalid_attachments invalid_blocks invalid_blocks_format invalid_charset
        invalid_form_data invalid_metadata_format invalid_metadata_schema invalid_post_type json_not_object invalid_json
        markdown_text_conflict metadata_must_be_sent_from_app metadata_too_large missing_post_type msg_blocks_too_long
        msg_too_long no_text slack_connect_canvas_sharing_blocked slack_connect_clip_sharing_blocked
        slack_connect_file_link_sharing_blocked slack_connect_lists_sharing_blocked slack_connect_blocked_file_type
        too_many_attachments too_many_contact_cards
    """,
}
MEANINGS: Final[dict[str, Meaning]] = {
    error: meaning for meaning, errors in _ERRORS.items() for error in errors.split()
}


def meaning_of(error: str) -> Meaning:
    """What is not on the list, a person looks at; meanwhile it is tried again, rather than lost."""
    return MEANINGS.get(error, "mend")
