#!/bin/sh
# curl, as people write it by hand. Arguments: the gateway, and one that wants a token.
set -u
base=$1 guarded=$2 token=EXAMPLE-token-of-the-clients
text='Hello, wörld 🦀: what passes is not touched.'
body() { printf '{"model":"%s","max_tokens":16,"stream":%s,"messages":[{"role":"user","content":"%s"}]}' "$1" "$2" "$3"; }
ask() { curl -sS --max-time 20 -H 'content-type: application/json' "$@"; }
case_() {
  name=$1 is=$2
  shift 2
  for part in "$@"; do
    case $is in
      *"$part"*) ;;
      *)
        printf '{"case":"%s","ok":false,"why":"no %s in %s"}\n' "$name" "$part" "$(printf %s "$is" | tr -d '"\\\n\r' | cut -c 1-200)"
        return
        ;;
    esac
  done
  printf '{"case":"%s","ok":true}\n' "$name"
}

case_ "models are listed" "$(ask "$base/v1/models")" '"fine/m"' '"fine-ai/m"'
case_ "a whole answer" "$(ask "$base/v1/messages" -d "$(body fine/m false hi)")" "$text"
case_ "headers tell the decision" "$(ask -D - -o /dev/null "$base/v1/messages" -d "$(body fine/m false hi)")" \
  'x-modelpin-decision: ' 'x-modelpin-model: fine/m'
case_ "a stream" "$(ask -N "$base/v1/messages" -d "$(body fine/m true hi)")" 'event: message_stop' 'wörld'
case_ "a whole response" "$(ask "$base/v1/responses" -d '{"model":"fine-ai/m","input":"hi"}')" "$text"
case_ "a stream of a response" "$(ask -N "$base/v1/responses" -d '{"model":"fine-ai/m","input":"hi","stream":true}')" \
  response.completed
for status in 400 401 402 404 413 429 529; do
  case_ "$status is an error of its kind" \
    "$(ask -w ' status %{http_code}' "$base/v1/messages" -d "$(body "a$status/m" false hi)")" \
    '"type":"error"' '"decision":"' " status $status"
done
case_ "500 is an error of its kind" \
  "$(ask -w ' status %{http_code}' "$base/v1/messages" -d "$(body a500/m false hi)")" '"type":"error"' ' status 502'
case_ "an error in a stream" "$(ask -N "$base/v1/messages" -d "$(body fine/m true break)" 2>&1)" 'curl: ('
case_ "a client that goes away" "$(ask -N --max-time 1 "$base/v1/messages" -d "$(body fine/m true 'endless curl')" 2>&1)" \
  'curl: (28)'
case_ "a token" "$(ask -w ' status %{http_code}' "$guarded/v1/messages" -d "$(body fine/m false hi)")" ' status 401'
case_ "a token, the right one" "$(ask -H "authorization: Bearer $token" "$guarded/v1/messages" -d "$(body fine/m false hi)")" \
  "$text"
# curl waits for 100 (Continue) before bodies of over 1 MiB, and sends those of unknown length in chunks.
long=$(mktemp)
{ printf '{"model":"fine/m","max_tokens":16,"messages":[{"role":"user","content":"' && head -c 2000000 /dev/zero | tr '\0' x \
  && printf '"}]}'; } >"$long"
case_ "a long body, after 100 (Continue)" "$(ask -v -H 'expect: 100-continue' "$base/v1/messages" --data-binary "@$long" 2>&1)" \
  '100 Continue' "$text"
case_ "a long body, in chunks" \
  "$(ask -H 'transfer-encoding: chunked' -X POST "$base/v1/messages" -T - <"$long")" "$text"
rm -f "$long"
