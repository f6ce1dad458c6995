package capture

import "testing"

func TestLinkTypeString(t *testing.T) {
	t.Parallel()
	for link, want := range map[LinkType]string{
		LinkTypeEthernet: "Ethernet", LinkTypeLinuxSLL2: "Linux cooked v2", LinkTypeWiFiRadiotap: "Wi-Fi (radiotap)", 9999: "link type 9999",
	} {
		if got := link.String(); got != want {
			t.Errorf("link type %d: %q, want %q", link, got, want)
		}
	}
}
