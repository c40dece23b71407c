//! Which of several files says what stands at a path.

use std::collections::HashMap;
use std::rc::Rc;

use super::path::Step;

/// One step down, with a key of its own.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum OwnStep {
    Key(Rc<str>),
    Index(usize),
}

impl OwnStep {
    fn lent(&self) -> Step<'_> {
        match self {
            Self::Key(key) => Step::Key(key),
            Self::Index(index) => Step::Index(*index),
        }
    }

    fn of(step: Step<'_>) -> Self {
        match step {
            Step::Key(key) => Self::Key(key.into()),
            Step::Index(index) => Self::Index(index),
        }
    }
}

/// A path that borrows nothing, shared with the paths beside it.
#[derive(Debug, Clone, Default)]
pub(super) struct Trail(Option<Rc<(Trail, OwnStep)>>);

impl Trail {
    pub(super) fn then(&self, step: OwnStep) -> Self {
        Self(Some(Rc::new((self.clone(), step))))
    }

    pub(super) fn steps(&self) -> Vec<Step<'_>> {
        let mut steps = Vec::new();
        let mut rest = self;
        while let Some(link) = &rest.0 {
            steps.push(link.1.lent());
            rest = &link.0;
        }
        steps.reverse();
        steps
    }
}

/// Where a value was read, and, of what is in it, whatever was read somewhere else.
#[derive(Debug, Default)]
pub(super) struct Origin {
    file: usize,
    trail: Trail,
    below: HashMap<OwnStep, Origin>,
}

impl Origin {
    /// A place in a file, and all that is in it.
    pub(super) fn whole(file: usize, trail: Trail) -> Self {
        let below = HashMap::new();
        Self { file, trail, below }
    }

    /// Says where a part was read.
    pub(super) fn put(&mut self, step: OwnStep, origin: Self) {
        self.below.insert(step, origin);
    }

    /// Where a part was read; taken out, to be put back or elsewhere.
    pub(super) fn take(&mut self, step: &OwnStep) -> Self {
        self.below
            .remove(step)
            .unwrap_or_else(|| Self::whole(self.file, self.trail.then(step.clone())))
    }

    /// The file, and the path in that file, of what stands at a path of the whole.
    pub(super) fn find(&self, steps: &[Step<'_>]) -> (usize, Trail) {
        let mut here = self;
        for (at, step) in steps.iter().enumerate() {
            match here.below.get(&OwnStep::of(*step)) {
                Some(below) => here = below,
                None => {
                    let rest = steps[at..].iter();
                    let trail = rest.fold(here.trail.clone(), |trail, step| trail.then(OwnStep::of(*step)));
                    return (here.file, trail);
                }
            }
        }
        (here.file, here.trail.clone())
    }
}
