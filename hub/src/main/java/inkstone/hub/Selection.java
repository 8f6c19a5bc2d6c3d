package inkstone.hub;

import inkstone.hub.Source.Repository;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Which files of a repository a model needs. */
final class Selection {

  /** Configuration, tokenizers, templates, licences; and the small parts of an embedding model. */
  private static final Pattern BESIDE =
      Pattern.compile(
          "(?i)[^/]+\\.(json|txt|model|jinja|tiktoken)"
              + "|(license|licence|notice|copying|use_policy)[^/]*"
              + "|additional_chat_templates/[^/]+\\.jinja"
              + "|\\d+_[^/]+/[^/]+\\.(json|safetensors)");

  /** What looks like one of those and belongs to other programs, or to a training. */
  private static final Pattern NOT_BESIDE =
      Pattern.compile("(?i).*\\.(bin|h5|msgpack)\\.index\\.json|trainer_state\\.json");

  private static final long LARGEST_BESIDE = 256L << 20;

  private static final Pattern SHARD =
      Pattern.compile("(?i)(.*)-(\\d{5})-of-(\\d{5})\\.(safetensors|gguf)");

  private Selection() {}

  /**
   * The files to fetch: those of the source's pattern, else one set of weights and what stands
   * beside it.
   *
   * @throws HubException if there is no set of weights, more than one, or only pickles
   */
  static List<RemoteFile> of(Repository source, List<RemoteFile> all) {
    var weights =
        source.file().isPresent()
            ? matching(source, all, source.file().get())
            : weights(source, all);
    var selected = new ArrayList<>(weights);
    if (!weights.stream().allMatch(file -> Formats.ends(file.path(), ".gguf"))) {
      all.stream()
          .filter(Selection::isBeside)
          .filter(f -> !weights.contains(f))
          .forEach(selected::add);
    }
    return selected;
  }

  private static boolean isBeside(RemoteFile file) {
    return BESIDE.matcher(file.path()).matches()
        && !NOT_BESIDE.matcher(file.path()).matches()
        && file.size().orElse(0) <= LARGEST_BESIDE;
  }

  private static List<RemoteFile> matching(
      Repository source, List<RemoteFile> all, String pattern) {
    var expression = FilePattern.of(pattern);
    var found = all.stream().filter(file -> expression.matches(file.path())).toList();
    if (found.isEmpty()) {
      throw new HubException(
          "no file of %s is '%s'; %s"
              .formatted(
                  named(source),
                  pattern,
                  Names.nearest(pattern, all.stream().map(RemoteFile::path).toList(), 5)));
    }
    var safe = found.stream().filter(file -> !Formats.isPickle(file.path())).toList();
    if (safe.isEmpty()) {
      Formats.checkName(found.getFirst().path());
    }
    return safe;
  }

  private static List<RemoteFile> weights(Repository source, List<RemoteFile> all) {
    var root = all.stream().filter(file -> file.path().indexOf('/') < 0).toList();
    for (var name : List.of("model.safetensors", "adapter_model.safetensors")) {
      var whole = root.stream().filter(file -> file.path().equals(name)).toList();
      if (!whole.isEmpty()) {
        return whole;
      }
    }
    var tensors = sets(root, ".safetensors");
    var main = tensors.get("model");
    if (main != null
        && root.stream().anyMatch(f -> f.path().equals("model.safetensors.index.json"))) {
      return complete(source, main);
    }
    var sets = tensors.isEmpty() ? sets(all, ".gguf") : tensors;
    sets.keySet().removeIf(name -> FileName.last(name).startsWith("mmproj"));
    if (sets.size() == 1) {
      return complete(source, sets.values().iterator().next());
    }
    if (sets.isEmpty()) {
      throw none(source, all);
    }
    throw new HubException(
        "%s has %d sets of weights; choose one by --file:%s"
            .formatted(named(source), sets.size(), table(sets.values())));
  }

  /** Files with this end, those that are parts of one put together, by name. */
  private static Map<String, List<RemoteFile>> sets(List<RemoteFile> files, String end) {
    return files.stream()
        .filter(file -> Formats.ends(file.path(), end))
        .collect(
            Collectors.groupingBy(file -> set(file.path()), TreeMap::new, Collectors.toList()));
  }

  private static String set(String path) {
    var shard = SHARD.matcher(path);
    return shard.matches() ? shard.group(1) : path;
  }

  private static List<RemoteFile> complete(Repository source, List<RemoteFile> parts) {
    var shard = SHARD.matcher(parts.getFirst().path());
    if (shard.matches() && parts.size() != Integer.parseInt(shard.group(3))) {
      throw new HubException(
          "%s has %d of the %s parts of %s; its upload was not finished"
              .formatted(
                  named(source), parts.size(), shard.group(3), FileName.shown(shard.group(1))));
    }
    return parts;
  }

  private static HubException none(Repository source, List<RemoteFile> all) {
    var pickle = all.stream().filter(file -> Formats.isPickle(file.path())).findFirst();
    return new HubException(
        pickle
            .map(
                file ->
                    "the weights of %s are pickles (%s): opening one can run any program. They are"
                            .formatted(named(source), file.path())
                        + " refused; "
                        + Formats.WHAT_TO_DO)
            .orElse(
                named(source)
                    + " has no weights as safetensors or GGUF; --file fetches other files"));
  }

  private static String table(Collection<List<RemoteFile>> sets) {
    var lines = new StringBuilder();
    for (var set : sets) {
      var size = set.stream().mapToLong(file -> file.size().orElse(0)).sum();
      lines.append("%n  %8.1f MB  %s".formatted(size / 1e6, set.getFirst().path()));
    }
    return lines.toString();
  }

  private static String named(Repository source) {
    return new Repository(
            source.service(), source.id(), source.revision(), java.util.Optional.empty())
        .toString();
  }
}
