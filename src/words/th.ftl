# ภาษาไทย
#
# Terms: agent = เอเจนต์ · alias = ชื่อแทน · API key = คีย์ API · automatic = อัตโนมัติ · button = ปุ่ม ·
# catalogue = รายการโมเดล · chat = แชท · cooling down, rests = พัก · credential = ข้อมูลประจำตัว · default = ค่าเริ่มต้น ·
# disabled = ปิดใช้งาน · endpoint = ปลายทาง · model = โมเดล · pin = ปักหมุด · profile = โปรไฟล์ · prompt = พรอมต์ ·
# provider = ผู้ให้บริการ · request = คำขอ · scope = ขอบเขต · sign-in = ลงชื่อเข้าใช้ · thread = เธรด · token = โทเค็น.
# The reader is คุณ. Commands, codes, keys and file names stay. Clauses are parted by blanks, and sentences have no full
# stop. Only lists have commas: their items are names in Latin letters, which may have blanks of their own.
# A blank stands between Thai and names that are put in; { $scope } and { $remedy } are Thai.
# Between a number and its unit stands a blank that is never broken.

## Reach, names, times

scope-session = แชทนี้
scope-agent = เอเจนต์นี้
scope-global = เอเจนต์ทั้งหมด

model-with-alias = { $alias } ({ $model })
profile-only = { $profile } (เฉพาะโปรไฟล์นี้)
profile-first = { $profile } (ใช้ก่อนโปรไฟล์อื่น)
profile-unseen = โปรไฟล์ที่คุณไม่มีสิทธิ์ดู

end-at = {""} จนถึง { $moment }
end-once = {""} เฉพาะคำขอถัดไป

length-seconds = { $count }{"\u00A0"}วินาที
length-minutes = { $count }{"\u00A0"}นาที
length-hours = { $count }{"\u00A0"}ชม.
length-days = { $count }{"\u00A0"}วัน
length-two = { $large } { $small }

moment = { $time } UTC (อีก{"\u00A0"}{ $length })
moment-in = อีก { $length }

list-or = { $some } หรือ { $last }
list-comma = ,{" "}
in-brackets = { $what } ({ $note })

more-follows = (มีต่อ)

## What is used now

model-none = โมเดล: ยังไม่ได้กำหนด
model-selected = โมเดล: { $model } { $origin }{ $ends }
profile-automatic = โปรไฟล์: อัตโนมัติ{ $was }
profile-selected = โปรไฟล์: { $profile } { $origin }{ $ends }
origin-pin = ปักหมุดไว้สำหรับ{ $scope }
origin-parent = ปักหมุดไว้สำหรับแชทของเธรดนี้
origin-default = เป็นค่าเริ่มต้น

## /model status

default-line = ค่าเริ่มต้น: { $model }
agent-line = เอเจนต์: { $agent }
credentials-line = ข้อมูลประจำตัว: { $file }
endpoint = { $provider } · { $address } · { $api }
endpoint-none = { $provider } · ไม่ทราบปลายทาง
no-credential = ไม่มีข้อมูลประจำตัว

kind-api-key = คีย์ API
kind-token = โทเค็น
kind-oauth = ลงชื่อเข้าใช้
kind-unknown = ไม่ทราบชนิด

mark-next = ถัดไป
mark-pinned = ปักหมุดไว้
mark-last-good = ใช้ได้ครั้งล่าสุด
expires-in = หมดอายุในอีก { $length }

state-ok = พร้อมใช้
state-cooling = กำลังพัก
state-cooling-for = กำลังพัก อีก { $length }
state-disabled = ปิดใช้งาน
state-disabled-for = ปิดใช้งาน อีก { $length }
state-disabled-billing = ปิดใช้งาน: การชำระเงิน
state-disabled-billing-for = ปิดใช้งาน: การชำระเงิน อีก { $length }
state-disabled-refused = ปิดใช้งาน: ข้อมูลประจำตัวถูกปฏิเสธ
state-disabled-refused-for = ปิดใช้งาน: ข้อมูลประจำตัวถูกปฏิเสธ อีก { $length }
state-expired = หมดอายุ
state-missing = ไม่พบ
state-not-in-order = ไม่อยู่ในลำดับ
state-not-allowed = คุณไม่มีสิทธิ์ใช้
state-fenced = จะมีค่าใช้จ่าย
state-other = { $reason }

## /model why

candidates = โปรไฟล์ที่พิจารณา เรียงตาม { $basis }:
candidates-none = ไม่มี
left-out = ไม่นำมาใช้:
candidate = { $profile }: { $reason }{ $when }{ $pinned }
candidate-of = { $profile } ({ $source }): { $reason }{ $when }{ $pinned }
usable-now = {""} ใช้ได้ทันที
usable-at = {""} ใช้ได้เวลา { $moment }
usable-when-repaired = {""} จนกว่าจะมีผู้แก้ไข
also-pinned = {""} ปักหมุดไว้

basis-stored-order = ลำดับใน auth-profiles.json
basis-stored-profiles = โปรไฟล์ที่เก็บไว้

## What changed

changed-automatic = เลือกโปรไฟล์อัตโนมัติสำหรับ{ $scope }แล้ว{ $ends }
changed-pinned = ปักหมุดสำหรับ{ $scope }แล้ว{ $ends }
changed-pinned-elsewhere = ปักหมุดสำหรับ{ $scope }แล้ว{ $ends }: { $choice }
changed-cleared = เลิกปักหมุดของ{ $scope }แล้ว
changed-on-its-own = เธรดนี้เลือกเองแล้ว: สิ่งที่แชทปักหมุดไว้ไม่มีผลที่นี่
changed-undone = เลิกทำการเปลี่ยนแปลงล่าสุดของ{ $scope }แล้ว
changed-nothing = ไม่มีสิ่งที่ปักหมุดไว้สำหรับ{ $scope } จึงไม่มีการเปลี่ยนแปลง
changed-hidden = ที่นี่ใช้หมุดของ{ $scope }ก่อน:
choice-with = { $model } กับ { $profile }
choice-automatic = เลือกโปรไฟล์อัตโนมัติ
model-now = โมเดล: { $model }{ $mode }{ $before }{ $ends }
no-other-model = {""} ไม่ใช้โมเดลอื่น
was = {""} เดิมคือ { $name }
as-before = {""} เหมือนเดิม
profile-now = โปรไฟล์: { $profile }{ $kept }{ $was }{ $ends }
pays-for-everybody = ที่นี่ { $profile } จ่ายค่าใช้จ่ายให้ทุกคนที่ส่งข้อความ
pays-for-listed = ที่นี่ { $profile } จ่ายค่าใช้จ่ายให้เฉพาะผู้ที่อยู่ในรายชื่อของโปรไฟล์นี้เท่านั้น
profile-parked = โปรไฟล์: อัตโนมัติ ส่วน { $profile } จะรอจนกว่าจะกลับมาใช้ผู้ให้บริการเดิม

## What happens at the next message

next = ข้อความถัดไป: { $what }
next-refused = ข้อความถัดไปจะถูกปฏิเสธ: { $why }
next-steps-in = ข้อความถัดไป: ใช้ { $model } แทน { $how }
not-as-asked = ไม่เป็นไปตามที่ขอ: { $why }
served-by = ใช้ { $profile }
served-unseen = ใช้โปรไฟล์ที่คุณไม่มีสิทธิ์ดู
tried-on = ลองใช้ { $profile }
tried-on-more = โปรไฟล์นี้พักอยู่ หากล้มเหลวอีกจะพักต่อ
other-serves-more = ขณะนี้ใช้โปรไฟล์ที่ปักหมุดไว้ไม่ได้ ({ $state })
pinned-cannot = ใช้โปรไฟล์ที่ปักหมุดไว้ไม่ได้ ({ $state })
pinned-not-yours = คุณไม่มีสิทธิ์ใช้โปรไฟล์ที่ปักหมุดไว้ที่นี่
others-serve = พิมพ์ { $command } เพื่อให้ใช้โปรไฟล์อื่นได้
no-credential-here = ไม่มีข้อมูลประจำตัวสำหรับผู้ให้บริการนี้
all-rest = ทุกโปรไฟล์กำลังพัก โปรไฟล์แรกพักถึง { $moment }
all-disabled = ทุกโปรไฟล์ถูกปิดใช้งาน
to-go-on = หากต้องการใช้งานต่อ โปรด{ $remedy }
next-unknown = ไม่ทราบ เพราะอ่านข้อมูลประจำตัวไม่ได้

## The picker

picker-ambiguous = มีผู้ให้บริการหลายรายที่มี { $name } และไม่มีการเปลี่ยนแปลง ต้องการใช้รายการใด
picker-stale-number = รายการที่แสดงไว้ที่นี่ไม่มีหมายเลข { $number } แล้ว และไม่มีการเปลี่ยนแปลง โปรดเลือกจากรายการนี้:
picker-stale-button = ปุ่มนั้นใช้ที่นี่ไม่ได้แล้ว หรือไม่ใช่ของคุณ และไม่มีการเปลี่ยนแปลง โปรดเลือกจากรายการนี้:
picker-empty = ที่นี่ไม่มีโมเดลที่คุณใช้ได้
picker-no-profile = โมเดลนี้ไม่มีโปรไฟล์ที่คุณใช้ได้
picker-now = ใช้อยู่
picker-pinned = ปักหมุดไว้
picker-choice = { $alias } — { $model }
picker-profiles = โปรไฟล์: { $profiles }
picker-rests = พักอีก { $length }
picker-disabled = ปิดใช้งาน
picker-costs = มีค่าใช้จ่าย
picker-no-credential = ไม่มีข้อมูลประจำตัว
picker-no-endpoint = ไม่มีปลายทาง
picker-pick = วิธีเลือก: { $command }
picker-pick-with = วิธีเลือก: { $command } หรือระบุโปรไฟล์: { $example }
picker-page-next = หน้า { $page } จาก { $pages } หน้าถัดไป: { $command }
picker-page-first = หน้า { $page } จาก { $pages } หน้าแรก: { $command }
picker-profile-page = โปรไฟล์หน้า { $page } จาก { $pages }
picker-models = { $count } โมเดล
picker-models-page = { $models } หน้า { $page } จาก { $pages }
picker-of = { $what }: { $count }

## Words on buttons, as short as they can be

button-previous = ก่อนหน้า
button-next = ถัดไป
button-back = กลับ
button-all = โมเดลทั้งหมด
button-default = กลับไปค่าเริ่มต้น
button-automatic = โปรไฟล์อัตโนมัติ
button-profiles = { $count } โปรไฟล์
button-provider = { $provider } ({ $count })
button-not-yours = ปุ่มนั้นใช้ที่นี่ไม่ได้แล้ว หรือไม่ใช่ของคุณ และไม่มีการเปลี่ยนแปลง พิมพ์ /model เพื่อดูรายการของคุณเอง
choose-model = เลือกโมเดล
choose-profile = เลือกโปรไฟล์
choose-provider = เลือกผู้ให้บริการ

# What a platform says of a command in its list of commands.
command-model = เลือกโมเดลและข้อมูลประจำตัวของแชทนี้
command-models = แสดงรายการโมเดลให้เลือก
command-alias = ใช้โมเดล { $name }

## Commands that were not carried out

not-sent = ข้อความหลังคำสั่งไม่ได้ถูกส่งไปยังโมเดล
nothing-changed = ไม่มีการเปลี่ยนแปลง { $remedy }
did-you-mean = คุณหมายถึง { $names } ใช่หรือไม่
shows-those = พิมพ์ { $command } เพื่อดูรายการที่มี
refused-unknown-model = ไม่มีโมเดลชื่อ { $name }
refused-model-not-allowed = ใช้ { $model } ที่นี่ไม่ได้: ไม่อยู่ใน { $rule }
refused-model-not-allowed-remedy = ผู้ดูแลบอตเพิ่มได้ที่นั่น
refused-unknown-profile = { $provider } ไม่มีโปรไฟล์ชื่อ { $name }
refused-several-profiles = มีหลายโปรไฟล์ที่ชื่อ { $name }
refused-several-profiles-remedy = โปรดเขียนชื่อเต็มของโปรไฟล์เดียว: { $profiles }
refused-several-profiles-more = โปรดเขียนชื่อเต็มของโปรไฟล์เดียว: { $profiles } (อีก { $more } โปรไฟล์ดูได้ที่ { $command })
refused-other-provider = { $profile } เป็นของ { $provider } ส่วน { $model } เป็นโมเดลของ { $other }
refused-other-provider-remedy = หากต้องการใช้โปรไฟล์นี้ โปรดระบุโมเดลของ { $provider } ด้วย
refused-not-permitted = คุณไม่มีสิทธิ์เปลี่ยนการเลือกของ{ $scope }
refused-not-permitted-remedy = ต้องมีสิทธิ์ผู้ดูแล (commands.admins)
refused-no-commands = คุณไม่มีสิทธิ์ใช้คำสั่งที่นี่
refused-unknown-provider = ไม่มีผู้ให้บริการชื่อ { $name }
refused-unknown-provider-remedy = พิมพ์ { $command } เพื่อดูโมเดลทั้งหมด
refused-no-such-page = ไม่มีหน้า { $page }: รายการมี { $pages } หน้า
refused-no-such-page-remedy = พิมพ์ { $command } เพื่อดูหน้าสุดท้าย
refused-nothing-to-undo = ไม่มีการเปลี่ยนแปลงของ{ $scope }ให้เลิกทำ
refused-no-model = ยังไม่ได้กำหนดโมเดล และคุณไม่ได้ระบุโมเดล
refused-no-model-remedy = โปรดระบุโมเดล: { $command }
refused-not-kept = บันทึกไม่ได้: { $cause }
refused-not-kept-remedy = ไม่มีการปักหมุดและไม่มีการเปลี่ยนแปลง โปรดลองใหม่อีกครั้งในอีกสักครู่
refused-broken = อ่านข้อมูลประจำตัวไม่ได้: { $cause }
refused-broken-remedy = ไม่มีการเปลี่ยนแปลง ผู้ดูแลบอตต้องแก้ไขไฟล์นั้น

## The last request, in /model why

last-request = คำขอล่าสุด: { $asked }{ $tried } { $ended }
last-no-model = ยังไม่ได้กำหนดโมเดล
last-tried = {""} ลอง { $what } ({ $why })
last-for = { $profile } สำหรับ { $model }
last-until = { $why } จนถึง { $time }
last-served-with = สุดท้ายใช้ { $profile } กับ { $model }
last-refused = ถูกปฏิเสธ: { $why }
last-unknown = ไม่มีรายงานผล
cause-claude-code-only = ใช้โทเค็นการสมัครสมาชิกนี้ที่นี่ไม่ได้ โปรดเพิ่มคีย์ API ของ Anthropic

## Why a request would get no credential, and what can be done about it

unserved-no-model = ยังไม่ได้กำหนดโมเดล
remedy-no-model = ระบุโมเดล (/model provider/model) หรือตั้งค่า agents.defaults.model
unserved-model-gone = โมเดล { $model } ไม่อยู่ในรายการโมเดลแล้ว
remedy-model-gone = เลือกโมเดลอื่น (/model list) หรือกลับไปใช้ค่าเริ่มต้น (/model default)
unserved-not-allowed = ใช้โมเดล { $model } ไม่ได้: ไม่อยู่ใน { $rule }
remedy-not-allowed = เพิ่มโมเดลลงใน { $rule } หรือเลือกโมเดลอื่น (/model list)
unserved-no-key = ไม่พบคีย์ API สำหรับผู้ให้บริการ { $provider } (เอเจนต์ { $agent } ที่เก็บ { $store })
unserved-none-usable = ผู้ให้บริการ { $provider } ไม่มีโปรไฟล์ที่ใช้ได้ ({ $reasons })
remedy-no-key = เพิ่มคีย์: modelpin models auth paste-token --provider { $provider }
unserved-pinned-unusable = ไม่พบข้อมูลประจำตัวของโปรไฟล์ { $profile }: { $reason }
remedy-not-in-order = ให้ใช้โปรไฟล์อื่น (/model @auto) เพราะลำดับที่กำหนดไว้ไม่มีโปรไฟล์นี้
unserved-needs-sign-in = การลงชื่อเข้าใช้ของโปรไฟล์ { $profile } สิ้นสุดแล้วและยังต่ออายุไม่ได้
remedy-sign-in = ลงชื่อเข้าใช้อีกครั้ง เลือกโปรไฟล์อื่น (/model status) หรือให้เลือกอัตโนมัติ (/model @auto)
unserved-fenced = คำขอผ่าน { $to } จะมีค่าใช้จ่าย
unserved-fenced-from = ขณะนี้ใช้ { $from } ไม่ได้ และคำขอผ่าน { $to } จะมีค่าใช้จ่าย
remedy-fenced = พิมพ์ /model @{ $to } หากยอมจ่าย หรือตั้ง auth.fence เป็น "allow"
unserved-credential = รับข้อมูลประจำตัวของโปรไฟล์ { $profile } ไม่ได้: { $cause }
remedy-credential = แก้ไขข้อมูลนั้น หรือให้ใช้โปรไฟล์อื่น (/model @auto)
unserved-no-endpoint = ไม่ทราบปลายทางของผู้ให้บริการ { $provider }
remedy-no-endpoint = ตั้งค่า models.providers.{ $provider }.baseUrl และ .api
# In a chat of several people.
unserved-in-company = ขณะนี้ไม่มีข้อมูลประจำตัวที่ใช้ได้
remedy-in-company = พิมพ์ /model why (มีเพียงคุณที่เห็นคำตอบ)

## A command line that is wrong; each is one line of at most 120 characters

fault-unexpected = `{ $it }` เป็นคำที่เกินมา
fault-prompt-help = พรอมต์ให้เขียนในบรรทัดถัดไป หรือหลัง ` -- `
fault-unknown-option = `{ $it }` ไม่ใช่ตัวเลือก
fault-unknown-option-help = ชื่อที่ขึ้นต้นด้วย `-` ต้องอยู่ในเครื่องหมายคำพูด ส่วนพรอมต์เขียนหลัง ` -- `
fault-takes-no-value = `{ $it }` ไม่รับค่า
fault-did-you-mean = คุณหมายถึง `{ $it }` ใช่หรือไม่
fault-missing-value = ต้องมีค่าหลัง `{ $it }`
fault-example = เช่น `{ $example }`
fault-bad-duration = `{ $it }` ไม่ใช่ระยะเวลาระหว่าง 1 นาทีถึง 30 วัน
fault-bad-duration-help = เขียนแบบ `90m` `1h30m` หรือ `2d` โดยเรียงเป็นวัน ชั่วโมง นาที
fault-bad-page = `{ $it }` ไม่ใช่เลขหน้า
fault-bad-page-help = เลขหน้าคือ 1 ถึง 9999 เขียนหลังผู้ให้บริการ
fault-conflicting = `{ $it }` ระบุ{ $what }ซ้ำเป็นครั้งที่สอง
fault-conflicting-help = เก็บไว้เพียงอย่างเดียว
noun-scope = ขอบเขต
noun-lifetime = ระยะเวลา
noun-mode = โหมด
noun-profile = โปรไฟล์
fault-missing-profile = ไม่มีโปรไฟล์หลัง `{ $it }`
fault-missing-profile-help = โปรดระบุ เช่น `@work` หรือ `@auto` เพื่อเลือกอัตโนมัติ
fault-missing-model = ไม่มีโมเดลในเครื่องหมายคำพูด
fault-missing-model-help = พิมพ์ `/model list` เพื่อดูโมเดล
fault-open-quote = เครื่องหมายคำพูดนี้ยังไม่ปิด
fault-open-quote-help = ปิดในบรรทัดเดียวกัน ส่วนเครื่องหมายคำพูดที่อยู่ข้างในเขียนเป็น `\"`
fault-bad-escape = `{ $it }` ไม่ใช่อักขระหลีก
fault-bad-escape-help = ใช้ได้คือ \" \\ \/ \b \f \n \r \t และ \u ตามด้วยเลขฐานสิบหกสี่หลัก
fault-needs-choice = `{ $it }` ต้องใช้กับโมเดล หมายเลข หรือโปรไฟล์
fault-needs-choice-help = โปรดระบุ เช่น `/model opus --for 2h`
fault-not-taken = `{ $verb }` ไม่รับ `{ $it }`
fault-not-taken-help = โปรดตัดออก ส่วนโมเดลที่มีชื่อนั้นต้องอยู่ในเครื่องหมายคำพูด: "{ $verb }"
fault-too-long = ส่วนนี้ยาว { $bytes } ไบต์ เกินขีดจำกัด { $limit }
fault-line-too-long = บรรทัดคำสั่งยาว { $bytes } ไบต์ เกินขีดจำกัด { $limit }
fault-more = … และอีก { $count } ข้อผิดพลาด

## /model help: at most 25 lines of at most 78 columns

help =
    /model                    เลือกจากรายการ
    /model opus               ใช้โมเดลตามชื่อแทนหรือ provider/model
    /model opus@work          ใช้กับโปรไฟล์ "work" เท่านั้น
    /model @work              ใช้โมเดลเดิม เปลี่ยนโปรไฟล์
    /model @auto              กลับไปเลือกโปรไฟล์อัตโนมัติ
    /model 3                  ตัวเลือกที่สามในรายการล่าสุด

    /model list [provider] [page] · status · why · undo · default · help

    --for 2h, --once          เป็นเวลาสองชั่วโมง หรือสำหรับคำขอถัดไปเท่านั้น
    --prefer, --strict        ใช้โปรไฟล์นี้ก่อน หรือใช้เฉพาะโปรไฟล์นี้
    -s, -a, -g                สำหรับแชทนี้ ทั้งเอเจนต์ หรือทั้งหมด

    ชื่อที่มีช่องว่างให้ใส่เครื่องหมายคำพูด: /model "my model"@"me@example.org"
    พรอมต์ให้เขียนในบรรทัดถัดไป หรือหลัง --:
    /model opus --once -- 2+2 ได้เท่าไร
