//! The trial of an account that has rested: of many threads that reach for it at once, one has it.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::Duration;

use modelpin::clock::Timestamp;
use modelpin::cooldown::{AccountKey, Alone, CooldownLedger, Standing};
use modelpin::model::ProviderId;
use modelpin::outcome::{FailureClass, Outcome};
use modelpin::profile::{AccountId, ProfileId};

const THREADS: usize = 8;

#[test]
fn of_many_threads_that_reach_for_a_trial_one_has_it() {
    let rounds = super::cases(300) as usize;
    let ledger = Arc::new(CooldownLedger::default());
    let account = AccountKey {
        account: AccountId::new(&ProviderId::new("a"), None, &ProfileId::new("a:x")),
        generation: 1,
        lasting: 1,
    };
    let failed = |class| Outcome::Failed {
        class,
        retry_at: None,
    };
    let mut now = Timestamp::from_millis(1_000_000);
    let (gate, had) = (Arc::new(Barrier::new(THREADS + 1)), Arc::new(AtomicUsize::new(0)));
    let moment = Arc::new(std::sync::Mutex::new(now));
    let threads: Vec<_> = (0..THREADS)
        .map(|_| {
            let (ledger, account, gate) = (Arc::clone(&ledger), account.clone(), Arc::clone(&gate));
            let (had, moment) = (Arc::clone(&had), Arc::clone(&moment));
            thread::spawn(move || {
                for round in 0..rounds {
                    gate.wait();
                    let now = *moment.lock().expect("no test has failed");
                    let claimed = if round % 3 == 2 {
                        ledger.claim_early(&account, "m", now)
                    } else {
                        ledger.claim(&account, "m", Alone::No, now)
                    };
                    had.fetch_add(usize::from(claimed.is_some()), Ordering::SeqCst);
                    gate.wait();
                }
            })
        })
        .collect();
    for round in 0..rounds {
        ledger.record(&account, "m", failed(FailureClass::RateLimit), now, now);
        if round % 2 == 0 {
            // Two failures at once are one trial, too.
            ledger.record(&account, "m", failed(FailureClass::Auth), now, now);
        }
        match round % 3 {
            // The rest is over.
            0 => now = now.after(Duration::from_secs(4_000)),
            // A person asks for it.
            1 => {
                now = now.after(Duration::from_secs(1));
                ledger.pardon(&account, now);
            }
            // Nobody else can serve, and the end is near.
            _ => {
                ledger.clear(&account.account, now);
                let retry_at = Some(now.after(Duration::from_secs(90)));
                let limited = Outcome::Failed {
                    class: FailureClass::RateLimit,
                    retry_at,
                };
                ledger.record(&account, "m", limited, now, now);
                now = now.after(Duration::from_secs(31));
            }
        }
        *moment.lock().expect("no test has failed") = now;
        had.store(0, Ordering::SeqCst);
        gate.wait();
        gate.wait();
        assert_eq!(had.load(Ordering::SeqCst), 1, "round {round}");
        // The next failures open windows of their own, and then all is well again.
        now = now.after(Duration::from_secs(1));
        if round % 5 == 0 {
            ledger.record(&account, "m", Outcome::Succeeded, now, now);
            let (standing, _) = ledger.standing(&account, "m", &[], Alone::No, now);
            assert_eq!(standing, Standing::Clear, "round {round}");
        } else {
            ledger.clear(&account.account, now);
        }
    }
    for thread in threads {
        thread.join().expect("no thread fails");
    }
    super::tell(&format!("trials: {rounds} rounds of {THREADS} threads"));
}
