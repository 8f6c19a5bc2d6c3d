package inkstone.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import inkstone.hub.Source.Local;
import inkstone.hub.Source.MavenArtifact;
import inkstone.hub.Source.Repository;
import inkstone.hub.Source.Web;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SourceTest {

  @ParameterizedTest
  @CsvSource({
    "hf:org/name, HUGGING_FACE, org/name, main,",
    "hf:gpt2, HUGGING_FACE, gpt2, main,",
    "HF:org/name, HUGGING_FACE, org/name, main,",
    "hf:org/name@v1.0, HUGGING_FACE, org/name, v1.0,",
    "hf:org/name@refs/pr/1, HUGGING_FACE, org/name, refs/pr/1,",
    "hf:org/name@refs/pr/1/a/b.gguf, HUGGING_FACE, org/name, refs/pr/1, a/b.gguf",
    "hf:org/name@a%2Fb/c.gguf, HUGGING_FACE, org/name, a/b, c.gguf",
    "hf:org/name/*Q4_K_M.gguf, HUGGING_FACE, org/name, main, *Q4_K_M.gguf",
    "hf:org/name/a/b.gguf, HUGGING_FACE, org/name, main, a/b.gguf",
    "modelscope:Qwen/Qwen3-0.6B, MODELSCOPE, Qwen/Qwen3-0.6B, master,",
    "modelscope:Qwen/Qwen3-0.6B@v2, MODELSCOPE, Qwen/Qwen3-0.6B, v2,",
  })
  void repositories(String text, Service service, String id, String revision, String file) {
    var source = new Repository(service, id, revision, Optional.ofNullable(file));
    assertEquals(source, Source.parse(text));
    assertEquals(source, Source.parse(source.toString()), "it reads what it writes");
  }

  @Test
  void oneSegmentWithAFile() {
    var source = ((Repository) Source.parse("hf:gpt2")).file("model.safetensors");
    assertEquals("hf:gpt2@main/model.safetensors", source.toString());
    assertEquals(source, Source.parse(source.toString()));
    assertEquals("hf:org/name", Source.parse("hf:org/name@main").toString());
    assertThrows(HubException.class, () -> source.file("../x"));
  }

  @Test
  void artifactsAddressesAndPaths() {
    assertEquals(
        new MavenArtifact("org.acme", "m", "1.0", "jar", ""), Source.parse("maven:org.acme:m:1.0"));
    var zip = new MavenArtifact("org.acme", "m", "1.0", "zip", "model");
    assertEquals(zip, Source.parse("maven:org.acme:m:1.0:zip:model"));
    assertEquals("maven:org.acme:m:1.0:zip:model", zip.toString());
    assertEquals("maven:g:a:1:zip", Source.parse("maven:g:a:1:zip").toString());
    assertEquals("maven:g:a:1", Source.parse("maven:g:a:1:jar").toString());
    assertEquals(
        new Web(URI.create("https://h.example/a%20b.zip?x=1"), Optional.empty()),
        Source.parse("https://h.example/a%20b.zip?x=1"));
    var sum = "ab".repeat(32);
    var web = new Web(URI.create("https://h.example/a"), Optional.of(sum));
    assertEquals(
        web, Source.parse("https://h.example/a#sha256=" + sum.toUpperCase(java.util.Locale.ROOT)));
    assertEquals(web, Source.parse(web.toString()));
    assertEquals(new Local(Path.of("a/b")), Source.parse("a/b"));
    assertEquals(new Local(Path.of("C:")), Source.parse("C:"));
    assertEquals("a/b", Source.parse("a/b").toString());
    assertTrue(Source.hasScheme("hf:x"));
    assertTrue(Source.hasScheme("http://x"));
    assertFalse(Source.hasScheme("./hf:x"));
    assertFalse(Source.hasScheme("runs/first"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''|the source is empty; it is hf:org/name, modelscope:org/name, maven:group:artifact:version, https://... or a path",
        "hf:|'' is no repository's name; write hf:organisation/name, then @revision where it is not main",
        "hf:../x|'../x' is no repository's name; write hf:organisation/name, then @revision where it is not main",
        "hf:a..b/x|'a..b/x' is no repository's name; write hf:organisation/name, then @revision where it is not main",
        "hf:a/b/c@main|'a/b/c' is no repository's name; write hf:organisation/name, then @revision where it is not main",
        "modelscope:name|'name' is no repository's name; write modelscope:organisation/name, then @revision where it is not master",
        "hf:a/b@|'' is no revision of hf:a/b; name a branch, a tag or a commit",
        "hf:a/b@x..y|'x..y' is no revision of hf:a/b; name a branch, a tag or a commit",
        "hf:a/b@-x|'-x' is no revision of hf:a/b; name a branch, a tag or a commit",
        "hf:a/b/|the file name '' has 0 characters, not 1 to 1024; it is refused, and nothing was written",
        "hf:a/b/../c|the file name '../c' leads out of its folder; it is refused, and nothing was written",
        "maven:a:b|maven:a:b is no artifact; write maven:group:artifact:version, then :type and :classifier where it is not the plain jar",
        "maven:a:b:[1,2)|maven:a:b:[1,2) is no artifact; write maven:group:artifact:version, then :type and :classifier where it is not the plain jar",
        "maven:a:b:1&calc|maven:a:b:1&calc is no artifact; write maven:group:artifact:version, then :type and :classifier where it is not the plain jar",
        "https://h.example/a b|'https://h.example/a b' is no address: Illegal character in path at character 20",
        "https:///x|'https:///x' is no address; write https://host/path, without a user or a password in it",
        "https://me:pw@h.example/x|'https://me:pw@h.example/x' is no address; write https://host/path, without a user or a password in it",
        "http://h.example/x|'http://h.example/x' could be changed on its way; use https:// (http: only for localhost)",
        "https://h.example/x#part|'https://h.example/x#part' ends with #part; a checksum is written #sha256=, then 64 hexadecimal digits",
      })
  void mistakesAreTold(String text, String told) {
    var e = assertThrows(HubException.class, () -> Source.parse(text));
    assertEquals(told, e.getMessage());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://localhost/x",
        "http://LOCALHOST:8/x",
        "http://127.0.0.1/x",
        "http://127.8.9.1:80/x",
        "http://[::1]/x"
      })
  void thisMachineMayBeAskedPlainly(String text) {
    assertEquals(new Web(URI.create(text), Optional.empty()), Source.parse(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"http://127.0.0.1.example/x", "http://[::2]/x", "http://localhost.example/x"})
  void othersMayNot(String text) {
    assertThrows(HubException.class, () -> Source.parse(text));
  }

  @ParameterizedTest
  @CsvSource({
    "*Q4_K_M.gguf, m-Q4_K_M.gguf, true",
    "*q4_k_m.gguf, a/m-Q4_K_M.gguf, true",
    "*Q4_K_M.gguf, m-Q4_K_M.gguf.txt, false",
    "a/*.gguf, a/m.gguf, true",
    "a/*.gguf, b/a/m.gguf, false",
    "m.gguf, mm.gguf, false",
    "m.gguf, mxgguf, false",
    "m?.gguf, m1.gguf, true",
    "m?.gguf, m.gguf, false",
    "'**.gguf', a/b/c.gguf, true",
    "a+(b).gguf, a+(b).gguf, true",
  })
  void patterns(String pattern, String path, boolean matches) {
    assertEquals(matches, FilePattern.of(pattern).matches(path));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a",
        "a/b.json",
        "1_Pooling/config.json",
        ".gitignore",
        "模型/权重.gguf",
        "a b",
        "com10",
        "conx"
      })
  void goodNames(String name) {
    assertEquals(name, FileName.check(name));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/a",
        "..",
        "../a",
        "a/../b",
        "a/..",
        ".",
        "a/./b",
        "a//b",
        "a/",
        "a\\b",
        "C:a",
        "a\u0000b",
        "a\nb",
        "a.",
        "a ",
        "a. /b",
        "CON",
        "nul.txt",
        "a/com1",
        "lpt9.x",
        "a|b",
        "a<b",
        "a\"b"
      })
  void badNames(String name) {
    assertThrows(HubException.class, () -> FileName.check(name));
  }

  @Test
  void longNames() {
    assertEquals(255, FileName.check("x".repeat(255)).length());
    assertThrows(HubException.class, () -> FileName.check("x".repeat(256)));
    assertEquals(1024, FileName.check("x/".repeat(511) + "xx").length());
    assertThrows(HubException.class, () -> FileName.check("x/".repeat(511) + "xxx"));
  }
}
