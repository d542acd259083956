"""The Bot API without HTTP: a state machine that answers calls and makes updates, guarded by one lock."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable
from typing import Any

from servers.bot_api.faults import MESSAGE_METHODS, Fault
from servers.bot_api.html import EntityError, normal_url, parse_html, trim, utf16
from servers.bot_api.limits import NO_LIMITS, Limiter, Limits
from servers.bot_api.spec import load_spec
from servers.bot_api.state import GENERAL, ApiError, Call, ChatState, Message, TopicState, bad, forbidden

TOKEN = "123456789:AAF-test_token_of_the_bot_api_server0"
BOT_ID = 123456789
MAX_TEXT = 4096
MAX_CAPTION = 1024
NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same as a current "
    "content and reply markup of the message"
)
QUERY_OLD = "query is too old and response timeout expired or query ID is invalid"
KIND_NAMES = {"group": "group chat", "supergroup": "supergroup chat", "channel": "channel chat"}
DEFAULT_UPDATES_WITHOUT = {"chat_member", "message_reaction", "message_reaction_count"}


class BotApi:
    """Everything the server knows and does. `call` answers one method call; drivers change the rest directly."""

    def __init__(
        self,
        *,
        token: str = TOKEN,
        username: str = "watchbot_test_bot",
        limits: Limits | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.token = token
        self.bot = {"id": BOT_ID, "is_bot": True, "first_name": "Watchbot", "username": username}
        self.lock = threading.RLock()
        self.clock = clock
        self.limiter = Limiter(limits or NO_LIMITS)
        self.spec = load_spec()
        self.chats: dict[int, ChatState] = {}
        self.users: dict[int, dict[str, Any]] = {}
        self.updates: list[dict[str, Any]] = []
        self.next_update = 1000
        self.allowed: set[str] | None = None
        self.queries: dict[str, dict[str, Any]] = {}
        self.answers: dict[str, dict[str, Any]] = {}
        self.commands: dict[tuple[str, str], list[dict[str, str]]] = {}
        self.descriptions: dict[tuple[str, str], str] = {}
        self.calls: list[Call] = []
        self.violations: list[str] = []
        """What broke the specification, in requests or in our own answers. A test's end asserts that it is empty."""
        self.faults: list[Fault] = []
        self.seq = 0
        self.wake: list[Callable[[], None]] = []
        self._message_ids = 0

    # -- updates ------------------------------------------------------------------------------------------------------

    def push(self, kind: str, payload: dict[str, Any]) -> int:
        """Queue an update for getUpdates, unless the bot did not ask for its kind; answers its id."""
        with self.lock:
            self.next_update += 1
            wanted = kind in self.allowed if self.allowed else kind not in DEFAULT_UPDATES_WITHOUT
            if wanted:
                update = {"update_id": self.next_update, kind: payload}
                if self.spec:
                    self.violations += [f"our update: {p}" for p in self.spec.check("Update", update, "Update")]
                self.updates.append(update)
            for wake in self.wake:
                wake()
            return self.next_update

    def pending(self, params: dict[str, Any]) -> list[dict[str, Any]]:
        """What getUpdates answers now; confirms what the offset says is done."""
        with self.lock:
            offset, limit = params.get("offset", 0), params.get("limit", 100)
            if "allowed_updates" in params:
                self.allowed = set(params["allowed_updates"]) or None
            if offset > 0:
                self.updates = [u for u in self.updates if u["update_id"] >= offset]
            elif offset < 0:
                self.updates = self.updates[offset:]
            return self.updates[:limit]

    # -- calls --------------------------------------------------------------------------------------------------------

    def fault_for(self, method: str, params: dict[str, Any]) -> Fault | None:
        """The fault that this call shall suffer, if any."""
        now = self.clock()
        with self.lock:
            self.faults = [f for f in self.faults if not f.spent(now)]
            chat_id = params.get("chat_id") if isinstance(params.get("chat_id"), int) else None
            return next((f for f in self.faults if f.applies(method, chat_id, now)), None)

    def call(self, method: str, params: dict[str, Any], fault: Fault | None = None) -> dict[str, Any]:
        """Telegram's whole answer as a dict (ok, result or error_code, description, parameters)."""
        with self.lock:
            now = self.clock()
            error: ApiError | None = None
            result: Any = None
            try:
                self.check_request(method, params)
                self.check_forced(fault, now)
                result = self.dispatch(method, params, now)
                self.check_answer(method, result)
            except ApiError as caught:
                error = caught
            self.note(method, params, now, result, error, fault)
            if error is None:
                return {"ok": True, "result": result}
            answer: dict[str, Any] = {"ok": False, "error_code": error.code, "description": error.description}
            return answer | ({"parameters": error.parameters} if error.parameters else {})

    def note(
        self, method: str, params: dict[str, Any], now: float, result: Any, error: ApiError | None, fault: Fault | None
    ) -> None:
        chat_id = params.get("chat_id")
        message_id = result.get("message_id") if isinstance(result, dict) else None
        self.calls.append(
            Call(
                method,
                params,
                now,
                chat_id if isinstance(chat_id, int) else None,
                message_id,
                error.description if error else None,
                error.code if error else 200,
                fault.kind if fault else None,
            )
        )

    def check_request(self, method: str, params: dict[str, Any]) -> None:
        if self.spec and (problems := self.spec.check_request(method, params)):
            self.violations += problems
            raise bad(f"the request breaks the Bot API: {problems[0]}")

    def check_answer(self, method: str, result: Any) -> None:
        if self.spec:
            self.violations += [f"our answer: {p}" for p in self.spec.check_answer(method, result)]

    def check_forced(self, fault: Fault | None, now: float) -> None:
        if fault is None:
            return
        if fault.kind == "retry-after":
            raise too_many((fault.until or now) - now)
        if fault.kind == "error":
            raise ApiError(fault.code, fault.description, **fault.parameters)

    def dispatch(self, method: str, params: dict[str, Any], now: float) -> Any:
        handler = getattr(self, "do_" + re.sub(r"(?<!^)(?=[A-Z])", "_", method).lower(), None)
        if handler is None:
            raise ApiError(404, "Not Found: method not found")
        if method in MESSAGE_METHODS:
            chat = self.writable(params)
            wait = self.limiter.admit(chat.id, chat.is_group, now)
            if wait > 0:
                raise too_many(wait)
        return handler(params)

    # -- chats and rights ---------------------------------------------------------------------------------------------

    def chat(self, chat_id: Any) -> ChatState:
        if isinstance(chat_id, str):
            found = [c for c in self.chats.values() if c.username and f"@{c.username}" == chat_id]
            if not found:
                raise bad("chat not found")
            return found[0]
        if chat_id == 0:
            raise bad("chat_id is empty")
        if chat_id not in self.chats:
            raise bad("chat not found")
        return self.chats[chat_id]

    def writable(self, params: dict[str, Any]) -> ChatState:
        """The chat of a call that writes, or Telegram's reason why the bot may not write there."""
        chat = self.chat(params.get("chat_id"))
        if chat.migrated_to:
            raise bad("group chat was upgraded to a supergroup chat", migrate_to_chat_id=chat.migrated_to)
        if chat.type == "private":
            if chat.deactivated:
                raise forbidden("user is deactivated")
            if chat.blocked:
                raise forbidden("bot was blocked by the user")
            if not chat.started:
                raise forbidden("bot can't initiate conversation with a user")
            return chat
        status, kind = chat.members.get(BOT_ID, "left"), KIND_NAMES[chat.type]
        if status == "kicked":
            raise forbidden(f"bot was kicked from the {kind}")
        if status == "left":
            raise forbidden(f"bot is not a member of the {kind}")
        if chat.type == "channel" and status != "administrator":
            raise bad("need administrator rights in the channel chat")
        if chat.muted:
            raise bad("not enough rights to send text messages to the chat")
        return chat

    def thread(self, chat: ChatState, params: dict[str, Any]) -> int | None:
        thread = params.get("message_thread_id")
        if thread is None:
            if chat.forum and chat.topics[GENERAL].closed and chat.members.get(BOT_ID) != "administrator":
                raise bad("TOPIC_CLOSED")
            return None
        topic = chat.topics.get(thread)
        if not chat.forum or topic is None or topic.deleted or thread == GENERAL:
            raise bad("message thread not found")
        if topic.closed and chat.members.get(BOT_ID) != "administrator":
            raise bad("TOPIC_CLOSED")
        return int(thread)

    def new_chat(self, chat: ChatState) -> ChatState:
        with self.lock:
            if chat.forum:
                chat.next_message = 2  # the General topic is message 1
                chat.topics[GENERAL] = TopicState(GENERAL, "General")
            self.chats[chat.id] = chat
            return chat

    def migrate(self, chat_id: int) -> ChatState:
        """Turn a group into a supergroup: the old id only says where it went; both service messages are updates."""
        with self.lock:
            old = self.chats[chat_id]
            new = ChatState(-1000000000000 + chat_id, "supergroup", old.title, members=dict(old.members))
            self.new_chat(new)
            old.migrated_to = new.id
            sender = {"id": 1087968824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}
            for chat, extra in ((old, {"migrate_to_chat_id": new.id}), (new, {"migrate_from_chat_id": old.id})):
                message = self.store(chat, sender, "")
                self.push("message", {k: v for k, v in self.show(message).items() if k != "text"} | extra)
            return new

    # -- messages -----------------------------------------------------------------------------------------------------

    def store(self, chat: ChatState, sender: dict[str, Any] | None, text: str, **fields: Any) -> Message:
        if chat.type in ("supergroup", "channel"):
            number, chat.next_message = chat.next_message, chat.next_message + 1
        else:
            self._message_ids += 1
            number = self._message_ids
        self.seq += 1
        message = Message(number, chat.id, int(time.time()), sender, text, seq=self.seq, **fields)
        chat.messages[number] = message
        return message

    def show(self, message: Message, deep: bool = True) -> dict[str, Any]:
        """Telegram's Message."""
        chat = self.chats[message.chat_id]
        shown: dict[str, Any] = {"message_id": message.id, "date": message.date, "chat": chat.as_dict()}
        if message.sender and chat.type != "channel":
            shown["from"] = message.sender
        if chat.type == "channel" or (message.sender and message.sender["id"] == 1087968824):
            shown["sender_chat"] = chat.as_dict()
        self.show_content(message, shown)
        if message.edits:
            shown["edit_date"] = int(time.time())
        if message.markup:
            shown["reply_markup"] = message.markup
        if message.thread_id:
            shown |= {"message_thread_id": message.thread_id, "is_topic_message": True}
        replied = chat.messages.get(message.reply_to or 0)
        if deep and replied:
            shown["reply_to_message"] = self.show(replied, deep=False)
        return shown

    @staticmethod
    def show_content(message: Message, shown: dict[str, Any]) -> None:
        text, entities = ("text", "entities")
        if message.photo is not None:
            sizes = ((90, 60), (800, 533))
            shown["photo"] = [
                {"file_id": f"photo-{message.seq}-{w}", "file_unique_id": f"u{message.seq}{w}", "width": w, "height": h}
                for w, h in sizes
            ]
            text, entities = ("caption", "caption_entities")
        elif message.document is not None:
            shown["document"] = {
                "file_id": f"document-{message.seq}",
                "file_unique_id": f"d{message.seq}",
                "file_name": message.document,
            }
            text, entities = ("caption", "caption_entities")
        if message.text or text == "text":
            shown[text] = message.text
        if message.entities:
            shown[entities] = message.entities

    def text_of(self, params: dict[str, Any], name: str, limit: int) -> tuple[str, list[dict[str, Any]]]:
        """Parse, trim and measure a text as Telegram does.

        The limit is counted in UTF-16 units after entity parsing. Telegram's documents say "characters"; a text that
        passes in UTF-16 units passes however they are counted.
        """
        source, mode = params.get(name, ""), params.get("parse_mode", "")
        entities = params.get("caption_entities" if name == "caption" else "entities", [])
        if mode.lower() == "html":
            try:
                source, entities = parse_html(source)
            except EntityError as error:
                raise bad(f"can't parse entities: {error}") from None
        elif mode:
            raise bad("unsupported parse_mode")
        text, entities = trim(source, list(entities))
        if name == "text" and not text:
            raise bad("message text is empty")
        if utf16(text) > limit:
            raise bad("message is too long" if name == "text" else "message caption is too long")
        return text, entities

    def markup(self, params: dict[str, Any]) -> dict[str, Any] | None:
        markup: dict[str, Any] | None = params.get("reply_markup")
        if not markup or "inline_keyboard" not in markup:
            return None
        rows = [row for row in markup["inline_keyboard"] if row]
        for button in (b for row in rows for b in row):
            check_button(button)
        if sum(map(len, rows)) > 100:
            raise bad("reply markup is too long")
        return {"inline_keyboard": rows} if rows else None

    def reply(self, chat: ChatState, params: dict[str, Any]) -> int | None:
        wanted = params.get("reply_parameters") or {}
        number = wanted.get("message_id") or params.get("reply_to_message_id")
        if number is None:
            return None
        message = chat.messages.get(number)
        if message is None or message.deleted:
            lenient = wanted.get("allow_sending_without_reply") or params.get("allow_sending_without_reply")
            if not lenient:
                raise bad("message to be replied not found")
            return None
        return int(number)

    def send(self, params: dict[str, Any], text: str, entities: list[dict[str, Any]], **fields: Any) -> dict[str, Any]:
        chat = self.chat(params["chat_id"])
        preview = params.get("link_preview_options") or {}
        message = self.store(
            chat,
            self.bot,
            text,
            entities=entities,
            thread_id=self.thread(chat, params),
            reply_to=self.reply(chat, params),
            markup=self.markup(params),
            silent=bool(params.get("disable_notification")),
            preview=not preview.get("is_disabled"),
            source=params.get("text", params.get("caption", "")),
            from_bot=True,
            **fields,
        )
        return self.show(message)

    def do_send_message(self, params: dict[str, Any]) -> dict[str, Any]:
        text, entities = self.text_of(params, "text", MAX_TEXT)
        return self.send(params, text, entities)

    def do_send_photo(self, params: dict[str, Any]) -> dict[str, Any]:
        text, entities = self.text_of(params, "caption", MAX_CAPTION)
        photo, data = media(params["photo"])
        return self.send(params, text, entities, photo=photo, data=data)

    def do_send_document(self, params: dict[str, Any]) -> dict[str, Any]:
        text, entities = self.text_of(params, "caption", MAX_CAPTION)
        document, data = media(params["document"])
        return self.send(params, text, entities, document=document, data=data)

    def do_edit_message_text(self, params: dict[str, Any]) -> dict[str, Any]:
        message = self.editable(params)
        if message.photo is not None or message.document is not None:
            raise bad("there is no text in the message to edit")
        text, entities = self.text_of(params, "text", MAX_TEXT)
        return self.change(message, text, entities, self.markup(params), params.get("text", ""))

    def do_edit_message_caption(self, params: dict[str, Any]) -> dict[str, Any]:
        message = self.editable(params)
        if message.photo is None and message.document is None:
            raise bad("there is no caption in the message to edit")
        text, entities = self.text_of(params, "caption", MAX_CAPTION)
        return self.change(message, text, entities, self.markup(params), params.get("caption", ""))

    def do_edit_message_reply_markup(self, params: dict[str, Any]) -> dict[str, Any]:
        message = self.editable(params)
        return self.change(message, message.text, message.entities, self.markup(params), message.source)

    def editable(self, params: dict[str, Any]) -> Message:
        chat = self.chat(params["chat_id"])
        message = chat.messages.get(params["message_id"])
        if message is None or message.deleted or (topic_gone(chat, message)):
            raise bad("message to edit not found")
        if not message.from_bot:
            raise bad("message can't be edited")
        return message

    def change(
        self,
        message: Message,
        text: str,
        entities: list[dict[str, Any]],
        markup: dict[str, Any] | None,
        source: str,
    ) -> dict[str, Any]:
        if (message.text, message.entities, message.markup) == (text, entities, markup):
            raise bad(NOT_MODIFIED)
        self.seq += 1
        message.text, message.entities, message.markup, message.source = text, entities, markup, source
        message.edits, message.seq = message.edits + 1, self.seq
        return self.show(message)

    def do_delete_message(self, params: dict[str, Any]) -> bool:
        message = self.chat(params["chat_id"]).messages.get(params["message_id"])
        if message is None or message.deleted:
            raise bad("message to delete not found")
        message.deleted = True
        return True

    # -- everything else ----------------------------------------------------------------------------------------------

    def do_get_me(self, params: dict[str, Any]) -> dict[str, Any]:
        return self.bot | {
            "can_join_groups": True,
            "can_read_all_group_messages": False,
            "supports_inline_queries": False,
        }

    def do_get_webhook_info(self, params: dict[str, Any]) -> dict[str, Any]:
        return {"url": "", "has_custom_certificate": False, "pending_update_count": len(self.updates)}

    def do_delete_webhook(self, params: dict[str, Any]) -> bool:
        if params.get("drop_pending_updates"):
            self.updates.clear()
        return True

    def do_send_chat_action(self, params: dict[str, Any]) -> bool:
        self.writable(params)
        return True

    def do_answer_callback_query(self, params: dict[str, Any]) -> bool:
        number = params["callback_query_id"]
        if number not in self.queries or number in self.answers:
            raise bad(QUERY_OLD)
        if utf16(params.get("text", "")) > 200:
            raise bad("MESSAGE_TOO_LONG")
        self.answers[number] = params
        return True

    def do_get_chat(self, params: dict[str, Any]) -> dict[str, Any]:
        chat = self.chat(params["chat_id"])
        gifts = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels")
        return chat.as_dict() | {
            "accent_color_id": 0,
            "max_reaction_count": 11,
            "accepted_gift_types": dict.fromkeys(gifts, False),
        }

    def do_get_chat_member(self, params: dict[str, Any]) -> dict[str, Any]:
        chat = self.chat(params["chat_id"])
        if chat.is_group and chat.members.get(BOT_ID, "left") in ("left", "kicked"):
            kind = KIND_NAMES[chat.type]
            raise forbidden(f"bot is not a member of the {kind}")
        user = self.bot if params["user_id"] == BOT_ID else self.users.get(params["user_id"])
        if user is None:
            raise bad("invalid user_id specified" if params["user_id"] <= 0 else "PARTICIPANT_ID_INVALID")
        return member(user, chat.members.get(user["id"], "left"), chat, user["id"] in chat.anonymous)

    def do_get_chat_administrators(self, params: dict[str, Any]) -> list[dict[str, Any]]:
        chat = self.chat(params["chat_id"])
        if not chat.is_group:
            raise bad("there are no administrators in the private chat")
        return [
            member(self.users[user], status, chat, user in chat.anonymous)
            for user, status in chat.members.items()
            if status in ("creator", "administrator") and user in self.users
        ]

    def do_get_chat_member_count(self, params: dict[str, Any]) -> int:
        return sum(status not in ("left", "kicked") for status in self.chat(params["chat_id"]).members.values())

    def do_leave_chat(self, params: dict[str, Any]) -> bool:
        self.chat(params["chat_id"]).members[BOT_ID] = "left"
        return True

    def do_set_my_commands(self, params: dict[str, Any]) -> bool:
        for command in params["commands"]:
            if not re.fullmatch(r"[a-z0-9_]{1,32}", command["command"]):
                raise bad("BOT_COMMAND_INVALID")
            if not 1 <= len(command["description"]) <= 256:
                raise bad("BOT_COMMAND_DESCRIPTION_INVALID")
        if len(params["commands"]) > 100:
            raise bad("BOT_COMMANDS_TOO_MUCH")
        self.commands[self.scope(params)] = params["commands"]
        return True

    def scope(self, params: dict[str, Any]) -> tuple[str, str]:
        scope = params.get("scope") or {"type": "default"}
        if "chat_id" in scope:
            self.chat(scope["chat_id"])
        return ":".join(str(v) for v in scope.values()), params.get("language_code", "")

    def do_get_my_commands(self, params: dict[str, Any]) -> list[dict[str, str]]:
        return self.commands.get(self.scope(params), [])

    def do_delete_my_commands(self, params: dict[str, Any]) -> bool:
        self.commands.pop(self.scope(params), None)
        return True

    def do_set_my_description(self, params: dict[str, Any]) -> bool:
        self.descriptions["long", params.get("language_code", "")] = params.get("description", "")
        return True

    def do_set_my_short_description(self, params: dict[str, Any]) -> bool:
        self.descriptions["short", params.get("language_code", "")] = params.get("short_description", "")
        return True

    def do_set_chat_menu_button(self, params: dict[str, Any]) -> bool:
        return True


def too_many(wait: float) -> ApiError:
    seconds = max(1, int(wait) + (wait > int(wait)))
    return ApiError(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)


def topic_gone(chat: ChatState, message: Message) -> bool:
    topic = chat.topics.get(message.thread_id or 0)
    return bool(topic and topic.deleted)


def media(value: Any) -> tuple[str, bytes]:
    """The name (or URL) and the bytes of a file parameter."""
    if isinstance(value, dict):
        return value["name"], value["data"]
    if value.startswith(("http://", "https://")):
        if normal_url(value) is None:
            raise bad("wrong file identifier/HTTP URL specified")
        return value, b""
    if value.startswith(("photo-", "document-")):
        return value, b""
    raise bad("wrong file identifier/HTTP URL specified")


def check_button(button: dict[str, Any]) -> None:
    if not button.get("text", "").strip():
        raise bad("inline keyboard button text must be non-empty")
    if "callback_data" in button and not 1 <= len(button["callback_data"].encode()) <= 64:
        raise bad("BUTTON_DATA_INVALID")
    if "url" in button and normal_url(button["url"]) is None:
        raise bad(f"inline keyboard button URL '{button['url']}' is invalid: Wrong HTTP URL")
    if not set(button) - {"text", "style", "icon_custom_emoji_id"}:
        raise bad("BUTTON_TYPE_INVALID")


ADMIN_RIGHTS = (
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
)


def member(user: dict[str, Any], status: str, chat: ChatState, anonymous: bool) -> dict[str, Any]:
    """Telegram's ChatMember."""
    base: dict[str, Any] = {"user": user, "status": status}
    if status == "creator":
        return base | {"is_anonymous": anonymous}
    if status == "administrator":
        rights = dict.fromkeys(ADMIN_RIGHTS, True)
        channel = {"can_post_messages": True, "can_edit_messages": True} if chat.type == "channel" else {}
        return base | {"can_be_edited": False, "is_anonymous": anonymous} | rights | channel
    return base | ({"until_date": 0} if status == "kicked" else {})
