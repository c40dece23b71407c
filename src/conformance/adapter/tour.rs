//! Every kind of reply, as a person would get it.

use super::claim::Broken;
use super::reader::Reader;
use super::world::{FIRST, GOING, World};
use super::{Adapter, names};
use crate::picker::Pressers;

/// What is said in every world, beside what has names of the world in it.
const SAID: [&str; 19] = [
    "/model",
    "/model list",
    "/model list 99999",
    "/model list p0",
    "/model list nobody",
    "/model status",
    "/model why",
    "/model help",
    "/model undo",
    "/model default",
    "/model 65000",
    "/model no-such-model-anywhere",
    "/model shared-0",
    "/model @kitgoing --for 2h",
    "/model @nobody",
    "/model @auto --once",
    "/model p0/x --agent",
    "/model opus --sesion",
    "/model why\nand a text behind it",
];

/// Says all there is to say, before and after something is pinned, and reads every answer.
pub(super) async fn every_kind_of_reply<A: Adapter>(
    reader: &mut Reader<'_, A>,
    world: &World,
) -> Result<(), Broken> {
    let pinned = format!("/model 1@{GOING}");
    let mut said: Vec<String> = SAID.iter().map(|text| (*text).to_owned()).collect();
    said.push("/model list 1".to_owned());
    said.push(pinned);
    said.extend(SAID.iter().map(|text| (*text).to_owned()));
    for _ in 0..8 {
        // Names of others where a name is expected: they come back in diagnostics and refusals.
        let name: String = names::name(&mut reader.dice).replace('\n', " ");
        let short: String = name.chars().take(60).collect();
        said.push(format!("/model {short}"));
        said.push(format!("/model \"{}\"", short.replace(['"', '\\'], "")));
        said.push(format!("/model {FIRST}/x@{short}"));
        said.push(format!("/model list {short}"));
        said.push(format!("/model {name}"));
    }
    for text in &said {
        reader.read(&world.say(text).await?)?;
    }
    reader.read(&world.say_to("/model", Pressers::Everybody).await?)?;
    reader.read(&world.say("/model default").await?)?;
    Ok(())
}
