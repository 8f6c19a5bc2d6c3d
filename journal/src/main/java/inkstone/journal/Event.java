package inkstone.journal;

/**
 * Something that happened in a run. Events are records; the set is open, and a type that a reader
 * does not know is kept and shown as text.
 */
public interface Event {}
