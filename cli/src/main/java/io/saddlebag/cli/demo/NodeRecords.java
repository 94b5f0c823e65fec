package io.saddlebag.cli.demo;

import java.io.IOException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Which node did what, by the records that all nodes share. For one thread. */
final class NodeRecords implements AutoCloseable {
    private static final String ID = "SELECT coalesce(max(node_id), 0) FROM hq_node WHERE name = ?";
    private static final String KEYS = "SELECT count(DISTINCT site_id) FROM key_bundle";
    private static final String WAITING = "SELECT count(*) FROM delivery_held WHERE node = ?";
    /** The lowest bits of a message's number are the slot of the node that gave it. */
    private static final String TAKEN = "SELECT name FROM hq_node JOIN message ON slot = (message_number & 63)"
            + " WHERE message_id = ? ORDER BY node_id DESC LIMIT 1";

    private static final String ADOPTED = "SELECT message_id, receiver_client_id, name FROM delivery_held"
            + " JOIN message USING (message_number) JOIN hq_node ON node_id = node WHERE slot <> (message_number & 63)";

    private final HqRecords records;
    private final Map<String, String> adopters = new HashMap<>();

    private NodeRecords(HqRecords records) {
        this.records = records;
    }

    static NodeRecords open(String psqlUrl) throws IOException, SQLException {
        return new NodeRecords(HqRecords.open(psqlUrl));
    }

    List<HqRecords.Delivery> deliveries() throws SQLException {
        return records.deliveries();
    }

    /** The newest start of a node. */
    long idOf(String name) throws SQLException {
        try (PreparedStatement query = records.connection().prepareStatement(ID)) {
            query.setString(1, name);
            return number(query);
        }
    }

    /** How many centres have told their keys. */
    long keyBundles() throws SQLException {
        try (PreparedStatement query = records.connection().prepareStatement(KEYS)) {
            return number(query);
        }
    }

    /** How many deliveries a node has. */
    long waiting(long id) throws SQLException {
        try (PreparedStatement query = records.connection().prepareStatement(WAITING)) {
            query.setLong(1, id);
            return number(query);
        }
    }

    private static long number(PreparedStatement query) throws SQLException {
        try (ResultSet row = query.executeQuery()) {
            row.next();
            return row.getLong(1);
        }
    }

    /** Notes which deliveries that wait now are at another node than the one that took their message in. */
    void noteAdopted() throws SQLException {
        try (PreparedStatement query = records.connection().prepareStatement(ADOPTED);
                ResultSet row = query.executeQuery()) {
            while (row.next()) {
                adopters.put(row.getString(1) + " " + row.getString(2), row.getString(3));
            }
        }
    }

    String takenBy(HqRecords.Delivery delivery) throws SQLException {
        try (PreparedStatement query = records.connection().prepareStatement(TAKEN)) {
            query.setString(1, delivery.messageId());
            try (ResultSet row = query.executeQuery()) {
                return row.next() ? row.getString(1) : "-";
            }
        }
    }

    String deliveredBy(HqRecords.Delivery delivery) throws SQLException {
        String adopter = adopters.get(delivery.messageId() + " " + delivery.receiverId());
        return adopter == null ? takenBy(delivery) : adopter;
    }

    @Override
    public void close() throws SQLException {
        records.close();
    }
}
