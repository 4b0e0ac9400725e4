package motley.wire.discovery;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.net.ProtocolFamily;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// The UDP sockets of one side, and how to reach every neighbour through every interface.
///
/// Networks differ in what they carry, so everything is tried on each interface each time:
/// directed broadcast, multicast to 239.255.50.5 and ff02::5005, and loopback. An interface that
/// fails is skipped: the others do. Interfaces may come and go.
///
/// Confined to one thread, but for [#close].
final class DiscoverySockets implements AutoCloseable {
    private static final InetAddress GROUP_4 = address(239, 255, 50, 5);
    private static final InetAddress LOOPBACK_BROADCAST = address(127, 255, 255, 255);

    /// Reacts to a datagram; `reply` goes to its sender alone.
    interface Receiver {
        void received(Datagram datagram, InetSocketAddress from, DatagramChannel channel)
                throws IOException;
    }

    private final Selector selector;
    private final int port;
    private final List<DatagramChannel> listening = new ArrayList<>();
    private final List<DatagramChannel> sending = new ArrayList<>();
    private final Set<String> joined = new HashSet<>();

    private DiscoverySockets(Selector selector, int port) {
        this.selector = selector;
        this.port = port;
    }

    private static final List<StandardProtocolFamily> BOTH =
            List.of(StandardProtocolFamily.INET, StandardProtocolFamily.INET6);

    /// Sockets that listen on `port` and send from it.
    ///
    /// @param onlyLoopback whether the coordinator listens on 127.0.0.1 alone: then an answer over
    ///     IPv6 would lead nowhere
    static DiscoverySockets forCoordinator(int port, boolean onlyLoopback) throws IOException {
        var sockets = new DiscoverySockets(Selector.open(), port);
        var families = onlyLoopback ? List.of(StandardProtocolFamily.INET) : BOTH;
        sockets.listening.addAll(sockets.bind(families, port));
        sockets.sending.addAll(sockets.listening);
        return sockets;
    }

    /// Sockets that listen on `port` and send from ports of their own: an answer to a port that
    /// several processes share reaches only one of them.
    static DiscoverySockets forDevice(int port) throws IOException {
        var sockets = new DiscoverySockets(Selector.open(), port);
        sockets.listening.addAll(sockets.bind(BOTH, port));
        sockets.sending.addAll(sockets.bind(BOTH, 0));
        return sockets;
    }

    boolean canListen() {
        return !listening.isEmpty();
    }

    /// One socket for each of `families` that this machine has.
    private List<DatagramChannel> bind(List<StandardProtocolFamily> families, int at) {
        var channels = new ArrayList<DatagramChannel>();
        for (var family : families) {
            try {
                channels.add(open(family, at));
            } catch (IOException | UnsupportedOperationException e) {
                // The family is absent or its port is taken exclusively; the other one serves.
            }
        }
        return channels;
    }

    private DatagramChannel open(ProtocolFamily family, int at) throws IOException {
        var channel = DatagramChannel.open(family);
        try {
            channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            channel.setOption(StandardSocketOptions.SO_BROADCAST, true);
            channel.setOption(StandardSocketOptions.IP_MULTICAST_LOOP, true);
            boolean four = family == StandardProtocolFamily.INET;
            var any = InetAddress.getByAddress(new byte[four ? 4 : 16]);
            channel.bind(new InetSocketAddress(any, at));
            channel.configureBlocking(false);
            channel.register(selector, SelectionKey.OP_READ, family);
            return channel;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /// Sends to everybody within reach.
    ///
    /// @param onlyLoopback whether only processes of this machine may hear it
    void broadcast(Datagram datagram, boolean onlyLoopback) throws IOException {
        var bytes = datagram.encode();
        for (var network : NetworkInterface.networkInterfaces().toList()) {
            if (!isUp(network) || (onlyLoopback && !network.isLoopback())) continue;
            for (var channel : listening) joinGroup(channel, network);
            for (var channel : sending) send(bytes, channel, network);
        }
    }

    private static boolean isUp(NetworkInterface network) {
        try {
            return network.isUp();
        } catch (IOException e) {
            return false;
        }
    }

    private void joinGroup(DatagramChannel channel, NetworkInterface network) {
        boolean four = isFour(channel);
        if (!joined.add(network.getIndex() + (four ? " 4" : " 6"))) return;
        try {
            channel.join(four ? GROUP_4 : group6(network), network);
        } catch (IOException | IllegalArgumentException e) {
            // No multicast on this interface; broadcast remains.
        }
    }

    private void send(ByteBuffer bytes, DatagramChannel channel, NetworkInterface network)
            throws IOException {
        boolean four = isFour(channel);
        var targets = new LinkedHashSet<InetAddress>();
        for (var address : network.getInterfaceAddresses()) {
            if (address.getAddress() instanceof Inet4Address == four) {
                addTargets(targets, address, network.isLoopback());
            }
        }
        try {
            channel.setOption(StandardSocketOptions.IP_MULTICAST_IF, network);
            targets.add(four ? GROUP_4 : group6(network));
        } catch (IOException e) {
            // Not capable of multicast; the other targets remain.
        }
        for (var target : targets) sendTo(target, bytes, channel);
    }

    private static void addTargets(
            Set<InetAddress> targets, InterfaceAddress address, boolean loopback) {
        if (loopback) {
            targets.add(address.getAddress());
            if (address.getAddress() instanceof Inet4Address) targets.add(LOOPBACK_BROADCAST);
        } else if (address.getBroadcast() != null) {
            targets.add(address.getBroadcast());
        }
    }

    private void sendTo(InetAddress target, ByteBuffer bytes, DatagramChannel channel) {
        try {
            channel.send(bytes.duplicate(), new InetSocketAddress(target, port));
        } catch (IOException e) {
            // Unreachable this way, at this moment.
        }
    }

    /// Hands arriving datagrams to `receiver` until `duration` has passed or the sockets close.
    void receive(Duration duration, Receiver receiver) throws IOException {
        long endNs = System.nanoTime() + duration.toNanos();
        var buffer = ByteBuffer.allocate(Datagram.SIZE_BYTES_MAX);
        while (selector.isOpen()) {
            long leftMs = (endNs - System.nanoTime()) / 1_000_000;
            if (leftMs <= 0 || Thread.currentThread().isInterrupted()) return;
            selector.select(leftMs);
            if (!selector.isOpen()) return;
            var ready = List.copyOf(selector.selectedKeys());
            selector.selectedKeys().clear();
            for (var key : ready) drain((DatagramChannel) key.channel(), buffer, receiver);
        }
    }

    private static void drain(DatagramChannel channel, ByteBuffer buffer, Receiver receiver)
            throws IOException {
        while (channel.receive(buffer.clear()) instanceof InetSocketAddress from) {
            var datagram = Datagram.decode(buffer.flip());
            if (datagram.isPresent()) receiver.received(datagram.get(), from, channel);
        }
    }

    private boolean isFour(DatagramChannel channel) {
        return channel.keyFor(selector).attachment() == StandardProtocolFamily.INET;
    }

    private static InetAddress group6(NetworkInterface network) throws UnknownHostException {
        var bytes = new byte[16];
        bytes[0] = (byte) 0xff;
        bytes[1] = 0x02;
        bytes[14] = 0x50;
        bytes[15] = 0x05;
        return Inet6Address.getByAddress(null, bytes, network.getIndex());
    }

    private static InetAddress address(int a, int b, int c, int d) {
        try {
            return InetAddress.getByAddress(new byte[] {(byte) a, (byte) b, (byte) c, (byte) d});
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() throws IOException {
        selector.close();
        for (var channel : listening) channel.close();
        for (var channel : sending) channel.close();
    }
}
