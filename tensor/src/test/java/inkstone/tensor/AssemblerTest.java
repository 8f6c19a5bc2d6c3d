package inkstone.tensor;

import static inkstone.tensor.Assembler.Register.*;
import static org.junit.jupiter.api.Assertions.assertEquals;

import inkstone.tensor.Assembler.Condition;
import inkstone.tensor.Assembler.Memory;
import inkstone.tensor.Assembler.Zmm;
import java.util.HexFormat;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each form of each instruction: its bytes are read by GNU objdump 2.40 as the words beside it. */
class AssemblerTest {

  private static final Memory M = Assembler.at(R13, R9, 2, 0x1234);
  private static final Memory N = Assembler.at(RDI, -64);
  private static final Memory S = Assembler.at(RSP, 8);
  private static final Memory T = Assembler.at(R12, 8);

  private record Form(String words, String bytes, Consumer<Assembler> writing) {
    @Override
    public String toString() {
      return words;
    }
  }

  private static Form form(String words, String bytes, Consumer<Assembler> writing) {
    return new Form(words, bytes, writing);
  }

  private static Stream<Form> forms() {
    return Stream.of(
        form("mov r8,rdi", "4989f8", x -> x.move(R8, RDI)),
        form("mov rax,QWORD PTR [rdi-0x40]", "488b87c0ffffff", x -> x.load(RAX, N)),
        form("mov r15,QWORD PTR [rsp+0x8]", "4c8bbc2408000000", x -> x.load(R15, S)),
        form("mov rcx,QWORD PTR [r12+0x8]", "498b8c2408000000", x -> x.load(RCX, T)),
        form("mov QWORD PTR [r13+r9*2+0x1234],rbx", "4b899c4d34120000", x -> x.store(M, RBX)),
        form("lea rdx,[r13+r9*2+0x1234]", "4b8d944d34120000", x -> x.address(RDX, M)),
        form("add r10,0x1000", "4981c200100000", x -> x.add(R10, 4096)),
        form("add r10,rsi", "4901f2", x -> x.add(R10, RSI)),
        form("sub rcx,0x1", "4881e901000000", x -> x.subtract(RCX, 1)),
        form("sub rcx,r9", "4c29c9", x -> x.subtract(RCX, R9)),
        form("cmp r11,0x7", "4981fb07000000", x -> x.compare(R11, 7)),
        form("cmp r11,rax", "4939c3", x -> x.compare(R11, RAX)),
        form("push r12", "4154", x -> x.push(R12)),
        form("rex pop rbx", "405b", x -> x.pop(RBX)),
        form("prefetcht0 BYTE PTR [r13+r9*2+0x1234]", "430f188c4d34120000", x -> x.prefetch(M)),
        form("vzeroupper; ret", "c5f877c3", x -> x.giveBack()),
        form("jne 0x0", "0f85faffffff", x -> x.jump(Condition.UNEQUAL, 0)),
        form(
            "je 0xc; vpxord zmm3,zmm3,zmm3",
            "0f840600000062f16548efdb",
            x -> x.skip(Condition.EQUAL, () -> x.zero(3))),
        form(
            "vfmadd213ps zmm20,zmm5,ZMMWORD PTR [r13+r9*2+0x1234]",
            "62825548a8a44d34120000",
            x -> x.multiplyInto(20, 5, M)),
        form(
            "vfnmadd231ps zmm3,zmm17,zmm30",
            "62927540bcde",
            x -> x.multiplySubtract(3, 17, new Zmm(30))),
        form("vrndscaleps zmm9,zmm31,0x0", "62137d4808cf00", x -> x.round(9, new Zmm(31))),
        form(
            "vscalefps zmm18,zmm2,zmm13",
            "62c26d482cd5",
            x -> x.timesPowerOfTwo(18, 2, new Zmm(13))),
        form("vpunpckldq zmm16,zmm7,zmm24", "6281454862c0", x -> x.unpackLow(16, 7, new Zmm(24))),
        form("vpunpckhdq zmm1,zmm20,zmm8", "62d15d406ac8", x -> x.unpackHigh(1, 20, new Zmm(8))),
        form(
            "vpunpcklqdq zmm16,zmm7,zmm24",
            "6281c5486cc0",
            x -> x.unpackLowPair(16, 7, new Zmm(24))),
        form(
            "vpunpckhqdq zmm1,zmm20,zmm8",
            "62d1dd406dc8",
            x -> x.unpackHighPair(1, 20, new Zmm(8))),
        form("vpermw zmm8,zmm31,zmm19", "623285408dc3", x -> x.words(8, 31, new Zmm(19))),
        form("vrcp14ps zmm27,zmm4", "62627d484cdc", x -> x.reciprocal(27, new Zmm(4))),
        form(
            "vmovups zmm17,ZMMWORD PTR [r13+r9*2+0x1234]",
            "62817c48108c4d34120000",
            x -> x.loadVector(17, M)),
        form("vmovups zmm9,zmm30", "62117c4810ce", x -> x.loadVector(9, new Zmm(30))),
        form(
            "vmovups zmm9{k2}{z},ZMMWORD PTR [rdi-0x40]",
            "62717cca108fc0ffffff",
            x -> x.loadVector(9, N, 2)),
        form(
            "vmovups ZMMWORD PTR [r12+0x8],zmm31",
            "62417c4811bc2408000000",
            x -> x.storeVector(T, 31)),
        form(
            "vmovups ZMMWORD PTR [r13+r9*2+0x1234]{k1},zmm8",
            "62117c4911844d34120000",
            x -> x.storeVector(M, 8, 1)),
        form(
            "vpbroadcastd zmm20,DWORD PTR [rdi-0x40]",
            "62e27d4858a7c0ffffff",
            x -> x.repeat(20, N)),
        form("vpbroadcastd zmm20,r9d", "62c27d487ce1", x -> x.repeat(20, R9)),
        form("vpbroadcastd zmm20,xmm11", "62c27d4858e3", x -> x.repeatFirst(20, 11)),
        form("kmovw k2,edx", "c5f892d2", x -> x.mask(2, RDX)),
        form("vpdpbusd zmm1,zmm18,zmm29", "62926d4050cd", x -> x.dotBytes(1, 18, new Zmm(29))),
        form(
            "vpdpbusd zmm28,zmm7,DWORD BCST [r13+r9*2+0x1234]",
            "6202455850a44d34120000",
            x -> x.dotBytes(28, 7, M.each())),
        form("vdpbf16ps zmm12,zmm25,zmm6", "6272364052e6", x -> x.dotBfloat16(12, 25, new Zmm(6))),
        form(
            "vdpbf16ps zmm12,zmm25,DWORD BCST [rdi-0x40]",
            "6272365052a7c0ffffff",
            x -> x.dotBfloat16(12, 25, N.each())),
        form("vcvtne2ps2bf16 zmm12,zmm25,zmm6", "6272374072e6", x -> x.narrow(12, 25, new Zmm(6))),
        form(
            "vfmadd231ps zmm5,zmm16,zmm24", "62927d40b8e8", x -> x.multiplyAdd(5, 16, new Zmm(24))),
        form(
            "vfmadd231ps zmm5,zmm16,DWORD BCST [r12+0x8]",
            "62d27d50b8ac2408000000",
            x -> x.multiplyAdd(5, 16, T.each())),
        form(
            "vmulps zmm0,zmm15,DWORD BCST [r13+r9*2+0x1234]",
            "6291045859844d34120000",
            x -> x.multiply(0, 15, M.each())),
        form("vaddps zmm0,zmm15,zmm16", "62b1044858c0", x -> x.add(0, 15, new Zmm(16))),
        form(
            "vsubps zmm0,zmm15,ZMMWORD PTR [rdi-0x40]",
            "62f104485c87c0ffffff",
            x -> x.subtract(0, 15, N)),
        form("vdivps zmm0,zmm15,zmm16", "62b104485ec0", x -> x.divide(0, 15, new Zmm(16))),
        form("vdivps zmm4{k5}{z},zmm18,zmm3", "62f16cc55ee3", x -> x.divide(4, 18, new Zmm(3), 5)),
        form("vcmpnltps k5,zmm3,zmm20", "62b16448c2ec05", x -> x.notBelow(5, 3, new Zmm(20))),
        form("vmovups zmm3{k2},zmm22", "62b17c4a10de", x -> x.replace(3, 22, 2)),
        form("vmaxps zmm0,zmm15,zmm16", "62b104485fc0", x -> x.most(0, 15, new Zmm(16))),
        form("vpaddd zmm0,zmm15,zmm16", "62b10548fec0", x -> x.addWhole(0, 15, new Zmm(16))),
        form("vpsubd zmm0,zmm15,zmm16", "62b10548fac0", x -> x.subtractWhole(0, 15, new Zmm(16))),
        form("vpmaxsd zmm0,zmm15,zmm16", "62b205483dc0", x -> x.mostWhole(0, 15, new Zmm(16))),
        form(
            "vpandd zmm0,zmm15,ZMMWORD PTR [r13+r9*2+0x1234]",
            "62910548db844d34120000",
            x -> x.and(0, 15, M)),
        form("vpord zmm0,zmm15,zmm16", "62b10548ebc0", x -> x.or(0, 15, new Zmm(16))),
        form(
            "vpxord zmm0,zmm15,ZMMWORD PTR [rdi-0x40]",
            "62f10548ef87c0ffffff",
            x -> x.exclusiveOr(0, 15, N)),
        form("vpxord zmm22,zmm22,zmm22", "62a14d40eff6", x -> x.zero(22)),
        form("vpslld zmm21,zmm10,0x10", "62d1554072f210", x -> x.shiftLeft(21, new Zmm(10), 16)),
        form(
            "vpsrld zmm21,ZMMWORD PTR [rdi-0x40],0x4",
            "62f155407297c0ffffff04",
            x -> x.shiftRight(21, N, 4)),
        form("vpsrad zmm1,zmm2,0x1f", "62f1754872e21f", x -> x.shiftRightSigned(1, new Zmm(2), 31)),
        form("vcvtdq2ps zmm21,zmm10", "62c17c485bea", x -> x.toFloat(21, new Zmm(10))),
        form(
            "vcvtph2ps zmm21,YMMWORD PTR [rdi-0x40]",
            "62e27d4813afc0ffffff",
            x -> x.widenHalf(21, N)),
        form(
            "vpmovzxwd zmm21,YMMWORD PTR [rdi-0x40]",
            "62e27d4833afc0ffffff",
            x -> x.widenWord(21, N)),
        form(
            "vpmovdb XMMWORD PTR [rdi-0x40],zmm21",
            "62e27e4831afc0ffffff",
            x -> x.storeBytes(N, 21)),
        form(
            "vshuff32x4 zmm21,zmm3,zmm10,0x4e",
            "62c3654823ea4e",
            x -> x.quarters(21, 3, new Zmm(10), 0x4E)),
        form("vpshufd zmm21,zmm10,0xb1", "62c17d4870eab1", x -> x.within(21, new Zmm(10), 0xB1)));
  }

  @ParameterizedTest
  @MethodSource("forms")
  void bytesAreThoseOfTheInstruction(Form form) {
    var assembler = new Assembler();
    form.writing.accept(assembler);
    assertEquals(form.bytes, HexFormat.of().formatHex(assembler.bytes()));
  }
}
