/// How devices and coordinators of one network find each other: small UDP datagrams.
package motley.wire.discovery;
