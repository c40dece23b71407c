//! Chats of several people: who reads a reply, whose presses hold, who pays.

mod audience;
