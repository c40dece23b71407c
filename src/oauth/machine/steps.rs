//! From what happened to what is to be done.

use super::{Action, Answer, End, Event, Failure, Fitness, KEEPS, Kept, Look, Note, State, Stored, TRIES};
use crate::config::Reuse;

/// The renewal of one sign-in.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Machine<G> {
    reuse: Reuse,
    state: State<G>,
    /// What is said if another look shows nothing newer.
    verdict: Option<Verdict>,
    /// Whether new tokens are in hand.
    in_hand: bool,
    tries: u8,
    keeps: u8,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Verdict {
    Transient,
    Permanent,
    Ambiguous,
}

impl<G: Clone + Eq> Machine<G> {
    /// A renewal that has not begun.
    #[must_use]
    pub fn new(reuse: Reuse) -> Self {
        Self {
            reuse,
            state: State::Idle,
            verdict: None,
            in_hand: false,
            tries: 0,
            keeps: 0,
        }
    }

    /// The first thing to do, when the lock of the renewal is held.
    #[must_use]
    pub fn start(&self) -> Action<G> {
        Action::Look
    }

    /// Where it stands.
    #[must_use]
    pub fn state(&self) -> &State<G> {
        &self.state
    }

    /// What is to be done after what happened.
    ///
    /// An event that does not belong to the last action ends the renewal as failed for now, and sends nothing.
    #[must_use]
    pub fn on(&mut self, event: Event<G>) -> Action<G> {
        match event {
            Event::Looked(look) => self.looked(look),
            Event::Noted => self.noted(),
            Event::NotNoted => self.not_noted(),
            Event::Forgotten => self.ended(),
            Event::Answered(answer) => match self.state.clone() {
                State::Posted(generation) => self.answered(generation, answer),
                _ => self.failed(Failure::Transient),
            },
            Event::Waited => match self.state.clone() {
                // Tokens in hand go to the store again; nothing is asked a second time for them.
                State::Posted(generation) | State::Claimed(generation) if self.in_hand => {
                    Action::Keep(generation)
                }
                _ => Action::Look,
            },
            Event::Kept(kept) => self.kept(kept),
            Event::NotKept => self.not_kept(),
        }
    }

    fn looked(&mut self, look: Look<G>) -> Action<G> {
        let Some(Stored { generation, fitness }) = look.stored else {
            // A note stays: the profile may come back from a backup with the same token.
            return Action::End(End::Gone);
        };
        // First of all: what is in hand may hang on a token that is used up, and is nowhere else.
        if look.unsaved.as_ref() == Some(&generation) {
            self.in_hand = true;
            self.state = State::Posted(generation.clone());
            return Action::Keep(generation);
        }
        if fitness == Fitness::Fit {
            self.state = State::Settled;
            return Action::End(End::Adopted);
        }
        if self.is_about(&generation) {
            return self.nothing_newer(generation);
        }
        // Another refresh token than the one that this renewal was about settles whatever was unclear about that one.
        self.verdict = None;
        match look.note {
            Some(Note::Posted(of)) if of == generation && self.reuse == Reuse::Unsafe => {
                self.verdict = Some(Verdict::Ambiguous);
                self.state = State::Ambiguous(of.clone());
                Action::Note(Note::Ambiguous(of))
            }
            Some(Note::Ambiguous(of)) if of == generation && self.reuse == Reuse::Unsafe => {
                self.state = State::Ambiguous(of);
                Action::End(End::Ambiguous)
            }
            Some(Note::Refused(of)) if of == generation => self.failed(Failure::Permanent),
            _ if self.tries >= TRIES => self.failed(Failure::Transient),
            _ => {
                self.state = State::Claimed(generation.clone());
                Action::Note(Note::Claimed(generation))
            }
        }
    }

    /// The store still has what this renewal is about.
    fn nothing_newer(&mut self, generation: G) -> Action<G> {
        match self.verdict {
            None => {
                self.state = State::Posted(generation.clone());
                Action::Note(Note::Posted(generation))
            }
            Some(Verdict::Transient) => Action::Forget,
            Some(Verdict::Permanent) => {
                self.state = State::Failed(Failure::Permanent);
                Action::Note(Note::Refused(generation))
            }
            Some(Verdict::Ambiguous) => Action::End(End::Ambiguous),
        }
    }

    fn noted(&mut self) -> Action<G> {
        match self.state.clone() {
            State::Claimed(generation) if self.in_hand => Action::Keep(generation),
            State::Claimed(_) if self.verdict.is_some() => Action::Look,
            State::Claimed(_) if self.tries > 0 => Action::Wait(self.tries),
            State::Claimed(generation) => {
                self.state = State::Posted(generation.clone());
                Action::Note(Note::Posted(generation))
            }
            State::Posted(generation) => Action::Post(generation),
            State::Ambiguous(_) => Action::Look,
            State::Failed(failure) => Action::End(End::Failed(failure)),
            State::Idle | State::Settled => self.failed(Failure::Transient),
        }
    }

    /// Nothing leaves without a note. What could not be noted afterwards is still noted as posted, which says no less.
    fn not_noted(&mut self) -> Action<G> {
        match &self.state {
            State::Claimed(generation) if self.in_hand => Action::Keep(generation.clone()),
            State::Ambiguous(_) => Action::Look,
            State::Failed(failure) => Action::End(End::Failed(*failure)),
            _ => self.failed(Failure::Transient),
        }
    }

    fn answered(&mut self, generation: G, answer: Answer) -> Action<G> {
        let lost = match (answer, self.reuse) {
            (Answer::Rotated, _) => {
                self.in_hand = true;
                return Action::Keep(generation);
            }
            (Answer::Unrotated, _) => {
                self.in_hand = true;
                self.state = State::Claimed(generation.clone());
                return Action::Note(Note::Claimed(generation));
            }
            (Answer::RefusedForGood, _) => {
                self.verdict = Some(Verdict::Permanent);
                return Action::Look;
            }
            (Answer::Lost, reuse) => reuse == Reuse::Unsafe,
            (Answer::NotSent | Answer::Trouble | Answer::RefusedForNow, _) => false,
        };
        if lost {
            self.verdict = Some(Verdict::Ambiguous);
            self.state = State::Ambiguous(generation.clone());
            return Action::Note(Note::Ambiguous(generation));
        }
        self.tries += 1;
        if self.tries >= TRIES || answer == Answer::RefusedForNow {
            self.verdict = Some(Verdict::Transient);
        }
        // It is known not to have been used, and the disk is to know it too before anything else.
        self.state = State::Claimed(generation.clone());
        Action::Note(Note::Claimed(generation))
    }

    fn kept(&mut self, kept: Kept) -> Action<G> {
        match kept {
            Kept::Ours => {
                self.state = State::Settled;
                Action::Forget
            }
            Kept::Theirs => {
                self.in_hand = false;
                self.tries += 1;
                self.state = State::Idle;
                Action::Look
            }
            // The note stays: it is about a token that was used.
            Kept::Gone => Action::End(End::Gone),
        }
    }

    fn not_kept(&mut self) -> Action<G> {
        self.keeps += 1;
        if self.keeps < KEEPS {
            Action::Wait(self.keeps)
        } else {
            Action::End(End::Unsaved)
        }
    }

    /// The note is gone: what is left is to say how it ended.
    fn ended(&mut self) -> Action<G> {
        match &self.state {
            State::Settled => Action::End(End::Renewed),
            _ => self.failed(Failure::Transient),
        }
    }

    fn failed(&mut self, failure: Failure) -> Action<G> {
        self.state = State::Failed(failure);
        Action::End(End::Failed(failure))
    }

    fn is_about(&self, generation: &G) -> bool {
        match &self.state {
            State::Claimed(of) | State::Posted(of) | State::Ambiguous(of) => of == generation,
            State::Idle | State::Settled | State::Failed(_) => false,
        }
    }
}
