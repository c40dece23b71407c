//! The law of sign-ins that several machines share.

use std::sync::Arc;
use std::time::Duration;

use crate::clock::Timestamp;
use crate::model::ProviderId;
use crate::profile::ProfileId;
use crate::secret::Secret;
use crate::store::{
    Claiming, Extent, Fence, Generation, Progress, RenewalNote, SharedSignIn, SignInName, SignInRecord,
    SignInStore, SignInsError, SignedIn,
};

/// Longer than any test.
const LONG: Duration = Duration::from_secs(600);
/// Over before the next question.
const NONE: Duration = Duration::ZERO;

/// Holds a store of sign-ins to the law. `fresh` makes an empty store.
///
/// # Panics
/// Panics at the first sentence of the law that the store breaks, and names it.
pub async fn sign_in_store<S: SignInStore + 'static>(fresh: impl AsyncFn() -> S) {
    what_nobody_brought_is_not_there(&fresh().await).await;
    of_many_one_has_the_claim(Arc::new(fresh().await)).await;
    a_claim_ends_and_the_next_one_has_a_larger_number(&fresh().await).await;
    a_note_of_an_old_claim_is_refused_and_changes_nothing(&fresh().await).await;
    a_record_comes_back_whole_and_settles_its_note(&fresh().await).await;
    a_record_made_from_an_old_one_is_refused_also_under_a_claim(&fresh().await).await;
    a_record_is_taken_from_a_holder_whose_claim_is_over(&fresh().await).await;
    of_racing_records_one_is_kept(Arc::new(fresh().await)).await;
    sign_ins_do_not_meet(&fresh().await).await;
    a_record_is_news_once(&fresh().await).await;
}

fn name(profile: &str) -> SignInName {
    SignInName::new(SignedIn {
        provider: &ProviderId::new("acme"),
        account: Some("wörk{1}:*"),
        email: None,
        profile: &ProfileId::new(profile),
        agent: Some("main"),
    })
}

fn of(refresh: &str) -> Generation {
    Generation::of(&Secret::new(refresh.to_owned()))
}

fn record(refresh: &str) -> SignInRecord {
    SignInRecord {
        access: Secret::new(format!("EXAMPLE-access-{refresh}")),
        refresh: Secret::new(refresh.to_owned()),
        expires: Some(Timestamp::from_millis(4_102_444_800_000)),
        before: vec![of("first"), of("second")],
    }
}

fn posted(refresh: &str) -> RenewalNote {
    RenewalNote {
        progress: Progress::Posted,
        of: of(refresh),
    }
}

async fn granted(store: &dyn SignInStore, holder: &str, lease: Duration) -> (Fence, SharedSignIn) {
    match store
        .claim(&name("a"), holder, lease)
        .await
        .expect("asking works")
    {
        Claiming::Granted(fence, shared) => (fence, shared),
        Claiming::Held(_) => panic!("{holder} is granted the claim"),
    }
}

fn is_fenced(answer: &Result<(), SignInsError>) -> bool {
    matches!(answer, Err(SignInsError::Fenced))
}

async fn what_nobody_brought_is_not_there(store: &dyn SignInStore) {
    let shared = store.load(&name("a")).await.expect("loading works");
    assert_eq!(shared.version, 0, "a sign-in that nobody brought has no version");
    assert!(shared.record.is_none() && shared.note.is_none());
}

async fn of_many_one_has_the_claim<S: SignInStore + 'static>(store: Arc<S>) {
    let asked: Vec<_> = (0..16)
        .map(|n| {
            let store = Arc::clone(&store);
            tokio::spawn(async move { store.claim(&name("a"), &format!("holder {n}"), LONG).await })
        })
        .collect();
    let mut count = 0;
    for task in asked {
        let claimed = task.await.expect("it ends").expect("asking works");
        count += u32::from(matches!(claimed, Claiming::Granted(..)));
    }
    assert_eq!(count, 1, "of many who ask at once one has the claim");
}

async fn a_claim_ends_and_the_next_one_has_a_larger_number(store: &dyn SignInStore) {
    let (first, _) = granted(store, "one", LONG).await;
    let other = store.claim(&name("a"), "two", LONG).await.expect("asking works");
    assert!(
        matches!(other, Claiming::Held(_)),
        "a claim keeps others out: {other:?}"
    );
    let (again, _) = granted(store, "one", LONG).await;
    assert!(again > first, "whoever has it may claim it anew");
    let late = store.extend(&name("a"), first, LONG).await;
    assert!(is_fenced(&late), "and has then the new claim alone: {late:?}");
    store
        .extend(&name("a"), again, NONE)
        .await
        .expect("giving it back works");
    let (second, _) = granted(store, "two", NONE).await;
    assert!(second > again);
    let (third, _) = granted(store, "three", LONG).await;
    assert!(third > second, "a claim whose time is over is another one's");
    let late = store.extend(&name("a"), second, NONE).await;
    assert!(
        is_fenced(&late),
        "and its old holder does not end the new one: {late:?}"
    );
    let other = store.claim(&name("a"), "four", LONG).await.expect("asking works");
    assert!(matches!(other, Claiming::Held(_)));
}

async fn a_note_of_an_old_claim_is_refused_and_changes_nothing(store: &dyn SignInStore) {
    let (old, _) = granted(store, "one", NONE).await;
    store
        .note(&name("a"), old, Some(posted("r")))
        .await
        .expect("noting works");
    let (new, shared) = granted(store, "two", LONG).await;
    assert_eq!(
        shared.note,
        Some(posted("r")),
        "the next one finds what was noted"
    );
    let ambiguous = RenewalNote {
        progress: Progress::Ambiguous,
        of: of("r"),
    };
    store
        .note(&name("a"), new, Some(ambiguous))
        .await
        .expect("noting works");
    for late in [Some(posted("r")), None] {
        let refused = store.note(&name("a"), old, late).await;
        assert!(
            is_fenced(&refused),
            "a note of an old claim is refused: {refused:?}"
        );
    }
    let shared = store.load(&name("a")).await.expect("loading works");
    assert_eq!(shared.note, Some(ambiguous), "and changes nothing");
    store.note(&name("a"), new, None).await.expect("forgetting works");
    let shared = store.load(&name("a")).await.expect("loading works");
    assert_eq!(shared.note, None);
}

async fn a_record_comes_back_whole_and_settles_its_note(store: &dyn SignInStore) {
    let (fence, _) = granted(store, "one", LONG).await;
    store
        .note(&name("a"), fence, Some(posted("other")))
        .await
        .expect("noting works");
    store
        .keep(&name("a"), 0, &record("r1"), Some(of("r0")))
        .await
        .expect("keeping works");
    let shared = store.load(&name("a")).await.expect("loading works");
    assert_eq!(
        shared.note,
        Some(posted("other")),
        "a note about another token stays"
    );
    store
        .note(&name("a"), fence, Some(posted("r1")))
        .await
        .expect("noting works");
    store
        .keep(&name("a"), 1, &record("r2"), Some(of("r1")))
        .await
        .expect("keeping works");
    let shared = store.load(&name("a")).await.expect("loading works");
    assert_eq!(
        (shared.version, shared.note),
        (2, None),
        "one that is settled goes"
    );
    let (there, wanted) = (shared.record.expect("a record"), record("r2"));
    assert_eq!(there.access.expose(), wanted.access.expose());
    assert_eq!(there.refresh.expose(), wanted.refresh.expose());
    assert_eq!((there.expires, there.before), (wanted.expires, wanted.before));
}

async fn a_record_made_from_an_old_one_is_refused_also_under_a_claim(store: &dyn SignInStore) {
    store
        .keep(&name("a"), 0, &record("r1"), None)
        .await
        .expect("keeping works");
    let _mine = granted(store, "one", LONG).await;
    for from in [0, 7] {
        let refused = store.keep(&name("a"), from, &record("late"), None).await;
        assert!(
            matches!(refused, Err(SignInsError::Conflict)),
            "a record made from version {from} is refused: {refused:?}"
        );
    }
    let shared = store.load(&name("a")).await.expect("loading works");
    let there = shared.record.expect("a record").generation();
    assert_eq!((shared.version, there), (1, of("r1")), "and changes nothing");
}

async fn a_record_is_taken_from_a_holder_whose_claim_is_over(store: &dyn SignInStore) {
    let (old, _) = granted(store, "one", NONE).await;
    store
        .note(&name("a"), old, Some(posted("r0")))
        .await
        .expect("noting works");
    let (new, _) = granted(store, "two", LONG).await;
    let ambiguous = RenewalNote {
        progress: Progress::Ambiguous,
        of: of("r0"),
    };
    store
        .note(&name("a"), new, Some(ambiguous))
        .await
        .expect("noting works");
    store
        .keep(&name("a"), 0, &record("r1"), Some(of("r0")))
        .await
        .expect("tokens that somebody was given are not lost");
    let shared = store.load(&name("a")).await.expect("loading works");
    assert_eq!(
        (shared.version, shared.note),
        (1, None),
        "and settle what was unclear"
    );
}

async fn of_racing_records_one_is_kept<S: SignInStore + 'static>(store: Arc<S>) {
    let tasks: Vec<_> = (0..16)
        .map(|n| {
            let store = Arc::clone(&store);
            tokio::spawn(async move { store.keep(&name("a"), 0, &record(&format!("r{n}")), None).await })
        })
        .collect();
    let mut kept = 0;
    for task in tasks {
        match task.await.expect("it ends") {
            Ok(()) => kept += 1,
            Err(SignInsError::Conflict) => {}
            Err(broken) => panic!("keeping works: {broken}"),
        }
    }
    assert_eq!(kept, 1, "of records made from the same one, one is kept");
}

async fn sign_ins_do_not_meet(store: &dyn SignInStore) {
    for (n, profile) in ["a", "A", "a}{", "a/b"].iter().enumerate() {
        let refresh = format!("r{n}");
        store
            .keep(&name(profile), 0, &record(&refresh), None)
            .await
            .expect("each has its own record");
        let shared = store.load(&name(profile)).await.expect("loading works");
        assert_eq!(
            shared.record.map(|record| record.generation()),
            Some(of(&refresh))
        );
    }
}

async fn a_record_is_news_once(store: &dyn SignInStore) {
    let first = store.news(0).await.expect("asking works");
    assert_eq!(first.extent, Extent::Everything, "at first any may be new");
    store
        .keep(&name("a"), 0, &record("r1"), None)
        .await
        .expect("keeping works");
    // A store that hears of its own changes may pass them over.
    let told = store.news(first.mark.max(1)).await.expect("asking works");
    assert!(told.names.iter().all(|changed| *changed == name("a")));
    let again = store.news(told.mark.max(1)).await.expect("asking works");
    assert!(again.names.is_empty(), "what was told is no news");
}
