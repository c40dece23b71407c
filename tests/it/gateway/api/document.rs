//! The description of what is served.

use serde_json::Value;

use super::world::{DOCUMENT, World};

#[tokio::test(flavor = "multi_thread")]
async fn the_page_in_docs_is_what_is_served() {
    let world = World::with_tokens().await;
    let told = world.get("/openapi.json").await;
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/openapi.json");
    let page = std::fs::read_to_string(path).expect("docs/openapi.json can be read");
    if std::env::var_os("UPDATE_FIXTURES").is_some() {
        std::fs::write(path, &told.text).expect("docs/openapi.json can be written");
    } else {
        assert!(
            page == told.text,
            "docs/openapi.json is not what is served; UPDATE_FIXTURES=1 writes it anew"
        );
    }
    let open = World::open().await.get("/openapi.json").await.json();
    assert_eq!(open.get("security"), None);
    assert_eq!(
        open["paths"].as_object().map(serde_json::Map::len),
        DOCUMENT["paths"].as_object().map(serde_json::Map::len)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn every_path_that_is_described_is_there() {
    let world = World::open().await;
    let mut operations = 0;
    for (path, methods) in DOCUMENT["paths"].as_object().expect("paths") {
        let there = path.replace("{session}", "t:1").replace("{model}", "one/big");
        for (method, operation) in methods.as_object().expect("methods") {
            operations += 1;
            let method = http::Method::from_bytes(method.to_ascii_uppercase().as_bytes()).expect("a method");
            let url = format!("http://{}{there}", world.served.address);
            let told = world.served.client.request(method.clone(), url).send().await;
            let told = told.expect("an answer");
            let status = told.status().as_u16();
            let described = &operation["responses"][status.to_string()];
            assert!(
                described.is_object(),
                "{method} {path}: {status} is not described"
            );
            assert!(!matches!(status, 404 | 405), "{method} {path}: {status}");
        }
    }
    assert!(operations >= 15, "{operations}");
}

#[test]
fn every_shape_is_a_schema_and_every_operation_has_a_name_of_its_own() {
    for (name, schema) in DOCUMENT["components"]["schemas"].as_object().expect("schemas") {
        assert!(jsonschema::meta::is_valid(schema), "{name}");
    }
    let paths = DOCUMENT["paths"].as_object().expect("paths");
    let mut names: Vec<&str> = paths
        .values()
        .flat_map(|path| path.as_object().expect("methods").values())
        .filter_map(|operation| operation["operationId"].as_str())
        .collect();
    let all = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), all, "{names:?}");
    assert_eq!(DOCUMENT["openapi"], "3.1.0");
    assert!(DOCUMENT["info"]["version"].as_str() == Some(env!("CARGO_PKG_VERSION")));
    assert_ne!(DOCUMENT["security"], Value::Null);
}
