//! How much of everything there was, and how long it took.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::fleet::storm::log::{Entry, Reply, What};

pub(in crate::fleet::storm) fn summary(log: &[Entry]) -> String {
    let count = |is: &dyn Fn(&What) -> bool| log.iter().filter(|entry| is(&entry.what)).count();
    let (mut refused, mut calm, mut stormy, mut agreed) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let (mut by_fault, mut asked): (BTreeMap<&str, Vec<Duration>>, _) =
        (BTreeMap::new(), std::collections::HashMap::new());
    let (mut fault, mut looked) = (false, 0);
    for entry in log {
        match &entry.what {
            What::Fault(_) => fault = true,
            What::Heard { bytes, .. } => looked += bytes,
            What::Back => fault = false,
            What::Said {
                reply: Reply::Refused,
                took,
                ..
            } => refused.push(*took),
            What::Asked {
                request,
                chat: Some(_),
                ..
            } => {
                asked.insert(*request, fault);
            }
            What::Ended { request, took, .. } => match asked.get(request) {
                Some(true) => stormy.push(*took),
                Some(false) => calm.push(*took),
                None => {}
            },
            What::Agreed { fault, took, .. } => {
                agreed.push(*took);
                by_fault.entry(fault).or_default().push(*took);
            }
            _ => {}
        }
    }
    let faults: String = by_fault
        .into_iter()
        .map(|(fault, took)| format!("\n   {fault:<18}{}", spread(took)))
        .collect();
    format!(
        "requests {}, commands {}, kept {}, refused {}, unknown {}, faults {}, \
         {looked} bytes of outputs looked through\n\
         requests without a fault     {}\nrequests during one          {}\n\
         refused after                {}\nagreed again after           {}{faults}",
        count(&|what| matches!(what, What::Asked { .. })),
        count(&|what| matches!(what, What::Said { .. })),
        count(&|what| matches!(
            what,
            What::Said {
                reply: Reply::Kept,
                ..
            }
        )),
        refused.len(),
        count(&|what| matches!(
            what,
            What::Said {
                reply: Reply::Unknown(_),
                ..
            }
        )),
        count(&|what| matches!(what, What::Fault(_))),
        spread(calm),
        spread(stormy),
        spread(refused),
        spread(agreed),
    )
}

fn spread(mut took: Vec<Duration>) -> String {
    took.sort_unstable();
    let at = |part: f64| {
        let at = (took.len().saturating_sub(1) as f64 * part).round() as usize;
        took.get(at)
            .map_or(0.0, |took| (took.as_secs_f64() * 10_000.0).round() / 10.0)
    };
    format!(
        "p50 {} ms, p90 {} ms, p99 {} ms, most {} ms, of {}",
        at(0.5),
        at(0.9),
        at(0.99),
        at(1.0),
        took.len()
    )
}
