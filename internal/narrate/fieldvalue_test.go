package narrate

import "testing"

func TestFieldValue(t *testing.T) {
	for english, chinese := range map[string]string{
		"887 bytes on wire, 96 captured":    "线上 887 字节，捕获 96 字节",
		"1460 bytes":                        "1460 字节",
		"10 (40 bytes)":                     "10 (40 字节)",
		"60498 → 8000, PSH, ACK, 21 bytes":  "60498 → 8000, PSH, ACK, 21 字节",
		"set":                               "置位",
		"not set":                           "未置位",
		"correct":                           "正确",
		"wrong (maybe offload)":             "错误（可能由网卡计算）",
		"value 1, echo 2":                   "值 1，回显 2",
		"5 bytes: 68656c6c6f":               "5 字节: 68656c6c6f",
		"IPv4 (0x0800)":                     "IPv4 (0x0800)",
		"2026-11-20 10:26:01.977647000 UTC": "2026-11-20 10:26:01.977647000 UTC",
	} {
		if got := FieldValue(Chinese, english); got != chinese {
			t.Errorf("%q: %q, want %q", english, got, chinese)
		}
		if got := FieldValue(English, english); got != english {
			t.Errorf("%q in English: %q", english, got)
		}
	}
	if got := FieldName(Chinese, "frame.time", "Arrival time"); got != "到达时间" {
		t.Errorf("frame.time: %q", got)
	}
}
