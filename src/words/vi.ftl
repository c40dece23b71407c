# Tiếng Việt.
#
# Terms: agent = tác nhân · alias = bí danh · API key = khóa API · automatic = tự động · button = nút ·
# catalogue = danh mục · chat = cuộc trò chuyện · cooling down, rests = tạm nghỉ · credential = thông tin xác thực ·
# default = mặc định · disabled = đã tắt · endpoint = điểm cuối · model = mô hình · pin = ghim · profile = hồ sơ ·
# prompt = lời nhắc · provider = nhà cung cấp · request = yêu cầu · scope = phạm vi · sign-in = đăng nhập ·
# thread = luồng · token = token. The reader is "bạn". Commands, codes, keys and file names stay.
# The letters are composed (NFC). Between a number and its unit stands a blank that is never broken.

## Reach, names, times

scope-session = cuộc trò chuyện này
scope-agent = tác nhân này
scope-global = mọi tác nhân

model-with-alias = { $alias } ({ $model })
profile-only = { $profile }, chỉ hồ sơ này
profile-first = ưu tiên { $profile }, có thể dùng hồ sơ khác
profile-unseen = hồ sơ bạn không được xem

end-at = , đến { $moment }
end-once = , chỉ cho yêu cầu tiếp theo

length-seconds = { $count }{"\u00A0"}giây
length-minutes = { $count }{"\u00A0"}phút
length-hours = { $count }{"\u00A0"}giờ
length-days = { $count }{"\u00A0"}ngày
length-two = { $large } { $small }

moment = { $time } UTC (còn{"\u00A0"}{ $length })
moment-in = sau { $length }

list-or = { $some } hoặc { $last }
list-comma = ,{" "}
in-brackets = { $what } ({ $note })

more-follows = (còn tiếp)

## What is used now

model-none = Mô hình: chưa cấu hình
model-selected = Mô hình: { $model }, { $origin }{ $ends }
profile-automatic = Hồ sơ: tự động{ $was }
profile-selected = Hồ sơ: { $profile }, { $origin }{ $ends }
origin-pin = ghim cho { $scope }
origin-parent = ghim cho cuộc trò chuyện có luồng này
origin-default = mặc định

## /model status

default-line = Mặc định: { $model }
agent-line = Tác nhân: { $agent }
credentials-line = Thông tin xác thực: { $file }
endpoint = { $provider } · { $address } · { $api }
endpoint-none = { $provider } · chưa biết điểm cuối
no-credential = không có thông tin xác thực

kind-api-key = khóa API
kind-token = token
kind-oauth = đăng nhập
kind-unknown = không rõ loại

mark-next = kế tiếp
mark-pinned = đã ghim
mark-last-good = dùng tốt lần trước
expires-in = hết hạn sau { $length }

state-ok = sẵn sàng
state-cooling = tạm nghỉ
state-cooling-for = tạm nghỉ { $length }
state-disabled = đã tắt
state-disabled-for = đã tắt, còn { $length }
state-disabled-billing = đã tắt: thanh toán
state-disabled-billing-for = đã tắt: thanh toán, còn { $length }
state-disabled-refused = đã tắt: thông tin xác thực bị từ chối
state-disabled-refused-for = đã tắt: thông tin xác thực bị từ chối, còn { $length }
state-expired = đã hết hạn
state-missing = không tồn tại
state-not-in-order = không có trong thứ tự
state-not-allowed = bạn không được dùng
state-fenced = sẽ tốn phí
state-other = { $reason }

## /model why

candidates = Các hồ sơ được xét, xếp theo { $basis }:
candidates-none = không có
left-out = Bị bỏ qua:
candidate = { $profile }: { $reason }{ $when }{ $pinned }
candidate-of = { $profile } ({ $source }): { $reason }{ $when }{ $pinned }
usable-now = , dùng được ngay
usable-at = , dùng được lúc { $moment }
usable-when-repaired = , đến khi có người sửa
also-pinned = , đã ghim

basis-stored-order = thứ tự trong auth-profiles.json
basis-stored-profiles = các hồ sơ đã lưu

## What changed

changed-automatic = Hồ sơ sẽ được chọn tự động cho { $scope }{ $ends }.
changed-pinned = Đã ghim cho { $scope }{ $ends }.
changed-pinned-elsewhere = Đã ghim cho { $scope }{ $ends }: { $choice }.
changed-cleared = Đã bỏ ghim của { $scope }.
changed-on-its-own = Luồng này giờ có lựa chọn riêng: ghim của cuộc trò chuyện không áp dụng ở đây.
changed-undone = Đã hoàn tác thay đổi gần nhất của { $scope }.
changed-nothing = Chưa ghim gì cho { $scope }; không có gì thay đổi.
changed-hidden = Ở đây, ghim của { $scope } được ưu tiên:
choice-with = { $model } với { $profile }
choice-automatic = tự động chọn hồ sơ
model-now = Mô hình: { $model }{ $mode }{ $before }{ $ends }
no-other-model = , không dùng mô hình khác
was = , trước đó là { $name }
as-before = , như trước
profile-now = Hồ sơ: { $profile }{ $kept }{ $was }{ $ends }
pays-for-everybody = Ở đây, { $profile } trả phí cho bất kỳ ai nhắn tin
pays-for-listed = Ở đây, { $profile } chỉ trả phí cho những người có tên trong danh sách của hồ sơ này
profile-parked = Hồ sơ: tự động; { $profile } chờ đến khi nhà cung cấp của nó được chọn lại

## What happens at the next message

next = Tin nhắn tiếp theo: { $what }
next-refused = Tin nhắn tiếp theo sẽ bị từ chối: { $why }
next-steps-in = Tin nhắn tiếp theo: { $model } thay thế, { $how }
not-as-asked = Không theo yêu cầu: { $why }.
served-by = dùng { $profile }
served-unseen = dùng một hồ sơ bạn không được xem
tried-on = thử { $profile }
tried-on-more = Hồ sơ này đang tạm nghỉ; nếu lại lỗi, nó sẽ nghỉ tiếp.
other-serves-more = Hồ sơ đã ghim hiện không dùng được ({ $state }).
pinned-cannot = hồ sơ đã ghim không dùng được ({ $state })
pinned-not-yours = bạn không được dùng hồ sơ đã ghim ở đây
others-serve = Gõ { $command } để cho phép dùng hồ sơ khác.
no-credential-here = không có thông tin xác thực cho nhà cung cấp này
all-rest = mọi hồ sơ đang tạm nghỉ, hồ sơ đầu tiên nghỉ đến { $moment }
all-disabled = mọi hồ sơ đã tắt
to-go-on = Để tiếp tục, { $remedy }.
next-unknown = không xác định được vì không đọc được thông tin xác thực

## The picker

picker-ambiguous = Nhiều nhà cung cấp có { $name }; không có gì thay đổi. Bạn chọn mục nào?
picker-stale-number = Không danh sách nào ở đây còn số { $number }; không có gì thay đổi. Hãy chọn từ danh sách này:
picker-stale-button = Nút đó không còn hiệu lực ở đây hoặc không dành cho bạn; không có gì thay đổi. Hãy chọn từ danh sách này:
picker-empty = Ở đây không có mô hình nào bạn dùng được.
picker-no-profile = Mô hình này không có hồ sơ nào bạn dùng được.
picker-now = đang dùng
picker-pinned = đã ghim
picker-choice = { $alias } — { $model }
picker-profiles = hồ sơ: { $profiles }
picker-rests = tạm nghỉ { $length }
picker-disabled = đã tắt
picker-costs = tốn phí
picker-no-credential = không có thông tin xác thực
picker-no-endpoint = không có điểm cuối
picker-pick = Để chọn, gõ: { $command }
picker-pick-with = Để chọn, gõ: { $command }, hoặc kèm hồ sơ: { $example }
picker-page-next = Trang { $page }/{ $pages }. Trang sau: { $command }
picker-page-first = Trang { $page }/{ $pages }. Trang đầu: { $command }
picker-profile-page = Hồ sơ: trang { $page }/{ $pages }.
picker-models = { $count } mô hình
picker-models-page = { $models }, trang { $page }/{ $pages }
picker-of = { $what }: { $count }

## Words on buttons, as short as they can be

button-previous = Trước
button-next = Sau
button-back = Quay lại
button-all = Mọi mô hình
button-default = Về mặc định
button-automatic = Hồ sơ tự động
button-profiles = { $count } hồ sơ
button-provider = { $provider } ({ $count })
button-not-yours = Nút đó không còn hiệu lực ở đây hoặc không dành cho bạn; không có gì thay đổi. Gõ /model để xem danh sách của riêng bạn.
choose-model = Chọn mô hình
choose-profile = Chọn hồ sơ
choose-provider = Chọn nhà cung cấp

# What a platform says of a command in its list of commands.
command-model = chọn mô hình và thông tin xác thực cho cuộc trò chuyện này
command-models = liệt kê các mô hình để chọn
command-alias = dùng mô hình { $name }

## Commands that were not carried out

not-sent = Phần văn bản sau lệnh chưa được gửi cho mô hình nào.
nothing-changed = Không có gì thay đổi. { $remedy }
did-you-mean = Có phải ý bạn là { $names }?
shows-those = Gõ { $command } để xem những gì đang có.
refused-unknown-model = Không có mô hình nào tên là { $name }.
refused-model-not-allowed = Không được dùng { $model } ở đây: mô hình này không có trong { $rule }.
refused-model-not-allowed-remedy = Người vận hành bot có thể thêm vào đó.
refused-unknown-profile = { $provider } không có hồ sơ nào tên là { $name }.
refused-several-profiles = Nhiều hồ sơ có tên { $name }.
refused-several-profiles-remedy = Hãy viết đầy đủ tên của một hồ sơ: { $profiles }.
refused-several-profiles-more = Hãy viết đầy đủ tên của một hồ sơ: { $profiles } (còn { $more } hồ sơ nữa trong { $command }).
refused-other-provider = { $profile } thuộc về { $provider }, còn { $model } là mô hình của { $other }.
refused-other-provider-remedy = Để dùng hồ sơ này, hãy nêu kèm một mô hình của { $provider }.
refused-not-permitted = Bạn không được phép thay đổi lựa chọn của { $scope }.
refused-not-permitted-remedy = Việc này cần quyền quản trị (commands.admins).
refused-no-commands = Bạn không được phép dùng lệnh ở đây.
refused-unknown-provider = Không có nhà cung cấp nào tên là { $name }.
refused-unknown-provider-remedy = Gõ { $command } để xem mọi mô hình.
refused-no-such-page = Không có trang { $page }: danh sách chỉ có { $pages } trang.
refused-no-such-page-remedy = Gõ { $command } để xem trang cuối.
refused-nothing-to-undo = Không có thay đổi nào của { $scope } để hoàn tác.
refused-no-model = Chưa cấu hình mô hình nào, và bạn cũng chưa nêu mô hình nào.
refused-no-model-remedy = Hãy nêu một mô hình: { $command }.
refused-not-kept = Không lưu được: { $cause }.
refused-not-kept-remedy = Chưa ghim gì và không có gì thay đổi. Hãy thử lại sau giây lát.
refused-broken = Không đọc được thông tin xác thực: { $cause }.
refused-broken-remedy = Không có gì thay đổi. Người vận hành bot cần sửa tệp đó.

## The last request, in /model why

last-request = Yêu cầu gần nhất: { $asked }{ $tried }, { $ended }
last-no-model = chưa cấu hình mô hình nào
last-tried = , đã thử { $what } ({ $why })
last-for = { $profile } cho { $model }
last-until = { $why }, đến { $time }
last-served-with = cuối cùng dùng { $profile } với { $model }
last-refused = bị từ chối: { $why }
last-unknown = không có báo cáo về kết quả
cause-claude-code-only = không dùng được token thuê bao này ở đây, hãy thêm khóa API của Anthropic

## Why a request would get no credential, and what can be done about it

unserved-no-model = chưa cấu hình mô hình nào
remedy-no-model = hãy chọn một mô hình (/model provider/model), hoặc đặt agents.defaults.model
unserved-model-gone = mô hình { $model } không còn trong danh mục
remedy-model-gone = hãy chọn mô hình khác (/model list), hoặc quay về mặc định (/model default)
unserved-not-allowed = không được dùng mô hình { $model }: { $rule } không có mô hình này
remedy-not-allowed = hãy thêm mô hình vào { $rule }, hoặc chọn mô hình khác (/model list)
unserved-no-key = không tìm thấy khóa API cho nhà cung cấp { $provider } (tác nhân { $agent }, kho { $store })
unserved-none-usable = nhà cung cấp { $provider } không có hồ sơ xác thực nào dùng được ({ $reasons })
remedy-no-key = hãy thêm khóa: modelpin models auth paste-token --provider { $provider }
unserved-pinned-unusable = không tìm thấy thông tin xác thực cho hồ sơ { $profile }: { $reason }
remedy-not-in-order = hãy cho phép dùng hồ sơ khác (/model @auto), vì thứ tự đã cấu hình không có hồ sơ này
unserved-needs-sign-in = phiên đăng nhập của hồ sơ { $profile } đã kết thúc và chưa gia hạn được
remedy-sign-in = hãy đăng nhập lại, chọn hồ sơ khác (/model status), hoặc để hệ thống tự chọn (/model @auto)
unserved-fenced = yêu cầu qua { $to } sẽ tốn phí
unserved-fenced-from = { $from } hiện không dùng được, và yêu cầu qua { $to } sẽ tốn phí
remedy-fenced = hãy gõ /model @{ $to } nếu bạn đồng ý trả phí; hoặc đặt auth.fence thành "allow"
unserved-credential = không lấy được thông tin xác thực của hồ sơ { $profile }: { $cause }
remedy-credential = hãy sửa nó, hoặc cho phép dùng hồ sơ khác (/model @auto)
unserved-no-endpoint = chưa biết điểm cuối của nhà cung cấp { $provider }
remedy-no-endpoint = hãy đặt models.providers.{ $provider }.baseUrl và .api
# In a chat of several people.
unserved-in-company = hiện không có thông tin xác thực nào dùng được
remedy-in-company = hãy gõ /model why (chỉ bạn thấy câu trả lời)

## A command line that is wrong; each is one line of at most 120 characters

fault-unexpected = `{ $it }` là phần thừa
fault-prompt-help = lời nhắc viết ở dòng sau, hoặc sau ` -- `
fault-unknown-option = `{ $it }` không phải là tùy chọn
fault-unknown-option-help = tên bắt đầu bằng `-` phải đặt trong dấu ngoặc kép; lời nhắc viết sau ` -- `
fault-takes-no-value = `{ $it }` không nhận giá trị
fault-did-you-mean = có phải ý bạn là `{ $it }`?
fault-missing-value = sau `{ $it }` cần có giá trị
fault-example = ví dụ `{ $example }`
fault-bad-duration = `{ $it }` không phải là khoảng thời gian từ 1 phút đến 30 ngày
fault-bad-duration-help = viết như `90m`, `1h30m` hoặc `2d`: ngày, giờ, phút theo thứ tự đó
fault-bad-page = `{ $it }` không phải là trang
fault-bad-page-help = trang là số từ 1 đến 9999, viết sau nhà cung cấp
fault-conflicting = `{ $it }` nêu { $what } lần thứ hai
fault-conflicting-help = chỉ giữ lại một trong hai
noun-scope = phạm vi
noun-lifetime = thời hạn
noun-mode = chế độ
noun-profile = hồ sơ
fault-missing-profile = sau `{ $it }` không có hồ sơ
fault-missing-profile-help = nêu một hồ sơ, như `@work`, hoặc `@auto` để chọn tự động
fault-missing-model = không có mô hình giữa hai dấu ngoặc kép
fault-missing-model-help = gõ `/model list` để xem các mô hình
fault-open-quote = dấu ngoặc kép này chưa đóng
fault-open-quote-help = đóng nó trên cùng dòng; dấu ngoặc kép bên trong viết là `\"`
fault-bad-escape = `{ $it }` không phải là ký tự thoát hợp lệ
fault-bad-escape-help = các ký tự thoát là \" \\ \/ \b \f \n \r \t và \u kèm bốn chữ số thập lục phân
fault-needs-choice = `{ $it }` phải đi kèm một mô hình, một số hoặc một hồ sơ
fault-needs-choice-help = nêu một trong số đó, như `/model opus --for 2h`
fault-not-taken = `{ $verb }` không nhận `{ $it }`
fault-not-taken-help = hãy bỏ nó; mô hình có tên đó phải đặt trong dấu ngoặc kép: "{ $verb }"
fault-too-long = phần này dài { $bytes } byte; giới hạn là { $limit }
fault-line-too-long = dòng lệnh dài { $bytes } byte; giới hạn là { $limit }
fault-more = … và { $count } lỗi nữa

## /model help: at most 25 lines of at most 78 columns

help =
    /model                    chọn từ danh sách
    /model opus               dùng một mô hình, theo bí danh hoặc provider/model
    /model opus@work          dùng với hồ sơ "work", không dùng hồ sơ khác
    /model @work              giữ mô hình, đổi hồ sơ
    /model @auto              để hồ sơ được chọn tự động trở lại
    /model 3                  mục thứ ba của danh sách gần nhất

    /model list [provider] [page] · status · why · undo · default · help

    --for 2h, --once          trong hai giờ; chỉ cho yêu cầu tiếp theo
    --prefer, --strict        ưu tiên hồ sơ này; chỉ dùng hồ sơ này
    -s, -a, -g                cho cuộc trò chuyện này; cho cả tác nhân; cho tất cả

    Tên có dấu cách đặt trong ngoặc kép: /model "my model"@"me@example.org"
    Lời nhắc viết ở dòng sau, hoặc sau --:
    /model opus --once -- 2+2 bằng mấy?
