package space

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"unsafe"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

// Plug is one end of a cable.
type Plug struct {
	// Name is what the interface will be called, Address its address with the length of the prefix.
	Name    string
	Address netip.Prefix
	// MAC is the hardware address, six bytes; left to the kernel if empty.
	MAC net.HardwareAddr
	// Offloads lets the interface carry segments larger than a frame, with checksums still to fill in.
	Offloads bool
}

// Join connects two namespaces by a veth pair. Without offloads what is recorded on it is what a wire would carry.
func Join(a, b *Space, pa, pb Plug) error {
	err := a.Do(func() error {
		attrs := netlink.NewLinkAttrs()
		attrs.Name, attrs.HardwareAddr = pa.Name, pa.MAC
		return netlink.LinkAdd(&netlink.Veth{
			LinkAttrs: attrs, PeerName: pb.Name, PeerHardwareAddr: pb.MAC, PeerNamespace: netlink.NsFd(b.fd),
		})
	})
	if err != nil {
		return fmt.Errorf("a cable from %s to %s: %w", pa.Name, pb.Name, err)
	}
	return errors.Join(a.Configure(pa), b.Configure(pb))
}

// Port makes an interface whose frames are read and written by this process, one at a time, and closes with the file.
func (s *Space) Port(p Plug) (*os.File, error) {
	var port *os.File
	err := s.Do(func() error {
		fd, err := unix.Open("/dev/net/tun", unix.O_RDWR|unix.O_CLOEXEC, 0)
		if err != nil {
			return err
		}
		// Frames without a header of the driver's own.
		request, err := unix.NewIfreq(p.Name)
		if err == nil {
			request.SetUint16(unix.IFF_TAP | unix.IFF_NO_PI)
			err = unix.IoctlIfreq(fd, unix.TUNSETIFF, request)
		}
		if err == nil {
			// Only a file that does not block can be closed while somebody reads it.
			err = unix.SetNonblock(fd, true)
		}
		if err != nil {
			return errors.Join(err, unix.Close(fd))
		}
		port = os.NewFile(uintptr(fd), "/dev/net/tun")
		if len(p.MAC) == 0 {
			return nil
		}
		l, err := netlink.LinkByName(p.Name)
		if err == nil {
			err = netlink.LinkSetHardwareAddr(l, p.MAC)
		}
		return err
	})
	if err == nil {
		err = s.Configure(p)
	}
	if err != nil {
		if port != nil {
			err = errors.Join(err, port.Close())
		}
		return nil, fmt.Errorf("interface %s of this process: %w", p.Name, err)
	}
	return port, nil
}

// Configure sets the offloads of an interface, gives it its address and switches it on.
func (s *Space) Configure(p Plug) error {
	return s.Do(func() error {
		if !p.Offloads {
			if err := withoutOffloads(p.Name); err != nil {
				return err
			}
		}
		l, err := netlink.LinkByName(p.Name)
		if err == nil && p.Address.IsValid() {
			err = addAddress(l, p.Address)
		}
		if err == nil {
			err = netlink.LinkSetUp(l)
		}
		if err != nil {
			return fmt.Errorf("interface %s: %w", p.Name, err)
		}
		return nil
	})
}

// Switch joins interfaces of the namespace to one network, as a switch does that knows nothing of multicast groups.
func (s *Space) Switch(ports ...string) error {
	return s.Do(func() error {
		attrs, snooping := netlink.NewLinkAttrs(), false
		attrs.Name = "switch"
		bridge := &netlink.Bridge{LinkAttrs: attrs, MulticastSnooping: &snooping}
		if err := netlink.LinkAdd(bridge); err != nil {
			return fmt.Errorf("a switch: %w", err)
		}
		for _, port := range ports {
			l, err := netlink.LinkByName(port)
			if err == nil {
				err = netlink.LinkSetMaster(l, bridge)
			}
			if err != nil {
				return fmt.Errorf("%s on the switch: %w", port, err)
			}
		}
		return netlink.LinkSetUp(bridge)
	})
}

// AddAddress gives an interface one more address.
func (s *Space) AddAddress(name string, a netip.Prefix) error {
	return s.Do(func() error {
		l, err := netlink.LinkByName(name)
		if err != nil {
			return err
		}
		return addAddress(l, a)
	})
}

func addAddress(l netlink.Link, a netip.Prefix) error {
	return netlink.AddrAdd(l, &netlink.Addr{
		IPNet: &net.IPNet{IP: a.Addr().AsSlice(), Mask: net.CIDRMask(a.Bits(), a.Addr().BitLen())},
		// Duplicate address detection would keep an IPv6 address back for a second.
		Flags: unix.IFA_F_NODAD,
	})
}

// Route sends what is not for a neighbour to a gateway.
func (s *Space) Route(via netip.Addr) error {
	return s.Do(func() error { return netlink.RouteAdd(&netlink.Route{Gw: via.AsSlice()}) })
}

// SetMTU sets the longest packet that an interface takes.
func (s *Space) SetMTU(name string, mtu int) error {
	return s.Do(func() error {
		l, err := netlink.LinkByName(name)
		if err != nil {
			return err
		}
		return netlink.LinkSetMTU(l, mtu)
	})
}

// Pace lets an interface send one frame at a time, at a rate in bits per second, and hold what waits. What is answered at once
// is then answered between two frames, however the kernel schedules the two ends.
func (s *Space) Pace(name string, rate uint64) error {
	return s.Do(func() error {
		l, err := netlink.LinkByName(name)
		if err != nil {
			return err
		}
		const frame, waiting = 1600, 4 << 20 // bytes
		// The kernel counts the bucket in the time that a frame takes, in ticks of 64 ns.
		attrs := netlink.QdiscAttrs{LinkIndex: l.Attrs().Index, Handle: netlink.MakeHandle(1, 0), Parent: netlink.HANDLE_ROOT}
		tbf := &netlink.Tbf{QdiscAttrs: attrs, Rate: rate / 8, Limit: waiting, Buffer: uint32(frame * 8 * uint64(1e9) / rate / 64)}
		if err := netlink.QdiscAdd(tbf); err != nil {
			return fmt.Errorf("pacing %s: %w", name, err)
		}
		return nil
	})
}

// Neighbour tells an interface the hardware address of a neighbour, so that nothing has to be asked.
func (s *Space) Neighbour(name string, ip netip.Addr, mac net.HardwareAddr) error {
	return s.Do(func() error {
		l, err := netlink.LinkByName(name)
		if err != nil {
			return err
		}
		family := unix.AF_INET
		if ip.Is6() {
			family = unix.AF_INET6
		}
		return netlink.NeighSet(&netlink.Neigh{
			LinkIndex: l.Attrs().Index, Family: family, State: netlink.NUD_PERMANENT, IP: ip.AsSlice(), HardwareAddr: mac,
		})
	})
}

// ethtoolValue is struct ethtool_value of linux/ethtool.h.
type ethtoolValue struct{ cmd, data uint32 }

// ifreqData is struct ifreq with a pointer in its union; the padding makes it as long as the kernel's.
type ifreqData struct {
	name [unix.IFNAMSIZ]byte
	data *ethtoolValue
	_    [16]byte
}

// withoutOffloads switches off what lets an interface carry segments larger than a frame, or with checksums still to fill in.
func withoutOffloads(name string) error {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer func() { _ = unix.Close(fd) }()
	// Segmentation first: it needs checksums, and would refuse to lose them.
	for _, command := range []uint32{
		unix.ETHTOOL_STSO, unix.ETHTOOL_SGSO, unix.ETHTOOL_SGRO, unix.ETHTOOL_SSG, unix.ETHTOOL_STXCSUM, unix.ETHTOOL_SRXCSUM,
	} {
		value := ethtoolValue{cmd: command, data: 0} // 0 is off
		request := ifreqData{data: &value}
		copy(request.name[:unix.IFNAMSIZ-1], name)
		_, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(fd), unix.SIOCETHTOOL, uintptr(unsafe.Pointer(&request)))
		// An interface that does not have one of them has nothing to switch off.
		if errno != 0 && errno != unix.EOPNOTSUPP {
			return fmt.Errorf("offload %#x of %s: %w", command, name, errno)
		}
	}
	return nil
}
